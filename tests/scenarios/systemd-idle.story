With systemd: while nothing happens macveil does not wake to say that it has not hung

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   the machine boots
and    a radio appears
then   connected to home within 20 s
when   the user runs "systemctl show --property=WatchdogUSec macveil.service"
then   the command said "3min"
when   240 s pass
then   macveil wakes at most 0 times in 10 min
and    no probe request was sent in that time
when   the user runs "systemctl show --property=NRestarts macveil.service"
then   the command said "NRestarts=0"
and    macveil uses at most 1000 kB
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
