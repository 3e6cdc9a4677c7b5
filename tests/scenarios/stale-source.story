A program sends frames under every address that it has read, from before macveil on and across two networks

given  an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Cafe": wpa2 "flat white", policy "stable-ssid", priority 2
and    a network "Home": wpa2 "correct horse battery", policy "random"
when   another program sends frames under every address that it has read
and    macveil starts
and    wpa_supplicant starts
then   connected to cafe within 15 s
when   5 s pass
and    cafe leaves
then   connected to home within 20 s
when   5 s pass
and    home vanishes
and    10 s pass
and    home returns
then   connected to home within 20 s
when   macveil is killed
and    5 s pass
and    macveil starts
then   still connected to home for 5 s
when   cafe returns
and    home leaves
then   connected to cafe within 20 s
and    home and cafe saw different addresses
