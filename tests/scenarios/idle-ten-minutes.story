Associated and idle for ten minutes

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   10 s pass
then   macveil wakes at most 0 times in 10 min
and    no probe request was sent in that time
and    the address stays for 10 s
and    macveil uses at most 1000 kB
