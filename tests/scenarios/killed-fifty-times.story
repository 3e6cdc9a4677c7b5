macveil is killed at fifty random moments of a busy time, and started again after each

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    trouble: 50 times "macveil is killed", after 20 ms to 2 s "macveil starts"
and    trouble: 15 times "home vanishes", after 1 s to 12 s "home returns", 10 times "home leaves", after 1 s to 12 s "home returns"
and    trouble: 15 times "cafe vanishes", after 1 s to 8 s "cafe returns"
and    trouble: 20 times "home kicks the station", 20 times "cafe kicks the station"
and    trouble: 6 times "the user scans"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 6 min, seed 1
and    cafe vanishes
and    30 s pass
then   connected to home within 60 s
and    home and cafe saw 2 addresses
and    home and cafe saw different addresses
