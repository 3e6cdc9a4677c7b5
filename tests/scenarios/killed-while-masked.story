macveil is killed while masked, and started again

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home vanishes
and    10 s pass
and    macveil is killed
and    30 s pass
and    macveil starts
and    home returns
then   connected to home within 20 s
