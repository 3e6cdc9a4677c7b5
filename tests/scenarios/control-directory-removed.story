The directory of wpa_supplicant's control sockets is removed

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "busybox rm -rf /run/wpa_supplicant"
and    10 s pass
and    wpa_supplicant is killed
and    wpa_supplicant starts
then   connected to home within 20 s
when   home vanishes
and    10 s pass
and    the user runs "busybox rm -rf /run/wpa_supplicant"
and    10 s pass
and    home returns
and    wpa_supplicant is killed
and    wpa_supplicant starts
then   connected to home within 20 s
and    home saw one address
