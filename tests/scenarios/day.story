A day of trouble of every kind but macveil's own death: nothing leaks, and its memory does not grow

given  it is played only when named
and    any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open, off at first
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    trouble: 30 times "home vanishes", after 2 s to 3 min "home returns", 15 times "home leaves", after 2 s to 3 min "home returns"
and    trouble: 12 times "cafe returns", after 10 s to 10 min "cafe vanishes"
and    trouble: 30 times "home kicks the station", 10 times "cafe kicks the station", 20 times "the user scans"
and    trouble: 10 times "wpa_supplicant is killed", after 20 ms to 5 s "wpa_supplicant starts", 6 times "the user reconfigures"
and    trouble: 10 times "another program takes the link down", after 1 s to 1 min "another program brings the link up", 10 times "another program sets a fresh address", 10 times "another program sets the permanent address", 8 times "the radio is blocked", after 1 s to 2 min "the radio is unblocked"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 3 h, seed 1
and    macveil's memory is noted
and    trouble comes for 21 h, seed 2
when   2 min pass
then   connected to home within 3 min
and    home and cafe saw different addresses
and    home and cafe saw 2 addresses
and    macveil has grown by at most 100 kB
and    macveil uses at most 1000 kB
