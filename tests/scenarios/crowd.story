Four hundred access points that announce themselves and answer: the right one is found among them

given  any masking method
and    a crowd of 400 access points
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
and    macveil wakes at most 20 times in 5 s
when   home vanishes
and    6 s pass
and    home returns
then   connected to home within 10 s
and    back online within 5 s after each outage
and    home saw one address
and    macveil uses at most 1000 kB
