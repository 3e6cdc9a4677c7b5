With systemd: the service is looked at, reloaded, killed, restarted and stopped

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   the machine boots
and    a radio appears
then   connected to home within 20 s
when   the user runs "systemctl show --property=After wpa_supplicant@wlan0.service"
then   the command said "macveil.service"
when   the user runs "ps -o user= -C macveil"
then   the command said "macveil"
when   the user runs "systemd-analyze verify --man=no macveil.service wpa_supplicant@wlan0.service"
and    the user runs "systemctl reload macveil"
then   macveil says "configuration read again"
and    still connected to home for 2 s
when   the user runs "busybox timeout 40 sh -c 'for i in 1 2 3 4 5 6 7; do systemctl kill --signal=KILL macveil; busybox sleep 1; until systemctl --quiet is-active macveil; do busybox sleep 0.1; done; done'"
then   still connected to home for 2 s
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 20 s
when   the user runs "systemctl restart macveil"
then   still connected to home for 5 s
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
when   the user runs "systemctl stop macveil"
and    the user runs "systemctl show --property=Result macveil"
then   the command said "success"
and    still connected to home for 2 s
when   the user runs "systemctl start macveil"
then   still connected to home for 5 s
and    home saw one address
