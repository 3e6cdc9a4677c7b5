Without macveil: the judge finds what wpa_supplicant gives away

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
then   connected to home within 20 s
when   home vanishes
and    40 s pass
and    home returns
then   connected to home within 60 s
when   home leaves
and    5 s pass
and    home returns
then   connected to home within 60 s
and    the judge finds "frame under a permanent address", "WPS or P2P element in a probe request"
and    the judge finds "authentication to an absent access point"
