Without macveil: the judge finds what wpa_supplicant gives away in a busy time

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    trouble: 5 times "wpa_supplicant is killed", after 20 ms to 2 s "wpa_supplicant starts"
and    trouble: 3 times "home vanishes", after 1 s to 12 s "home returns", 2 times "home leaves", after 1 s to 12 s "home returns"
and    trouble: 5 times "home kicks the station"
and    trouble: 2 times "the user scans"
and    wpa_supplicant is running
then   connected to home within 20 s
when   trouble comes for 1 min, seed 1
then   the judge finds "frame under a permanent address", "probe request of more than minimal content"
and    the judge finds "WPS or P2P element in a probe request"
