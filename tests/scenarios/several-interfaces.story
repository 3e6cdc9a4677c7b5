Three interfaces at once, each with addresses of its own

given  3 stations
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 20 s
when   home vanishes
and    20 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
and    macveil uses at most 1000 kB
