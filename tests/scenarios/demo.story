Home, on the way, in a cafe, and home again

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open, off at first
and    a network "Home": wpa2 "correct horse battery", priority 1
and    a network "Cafe": open, policy "random"
and    macveil and wpa_supplicant are running
then   connected to home within 60 s
when   3 s pass
and    home vanishes
and    20 s pass
and    cafe returns
then   connected to cafe within 60 s
when   3 s pass
and    cafe leaves
and    10 s pass
and    home returns
then   connected to home within 60 s
when   3 s pass
then   home saw one address
and    home and cafe saw different addresses
