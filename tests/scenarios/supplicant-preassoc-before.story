macveil comes to a wpa_supplicant that has already scanned under random addresses of its own

given  wpa_supplicant's settings have "preassoc_mac_addr=1"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
when   the judge looks away
and    wpa_supplicant starts
and    10 s pass
and    macveil starts
and    2 s pass
and    the judge looks again
and    home returns
then   connected to home within 15 s
and    home saw one address
