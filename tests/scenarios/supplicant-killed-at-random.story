wpa_supplicant is killed at random moments of a busy time, and started again after each

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    trouble: 20 times "wpa_supplicant is killed", after 20 ms to 3 s "wpa_supplicant starts"
and    trouble: 6 times "home vanishes", after 1 s to 12 s "home returns", 4 times "home leaves", after 1 s to 12 s "home returns"
and    trouble: 10 times "home kicks the station", 10 times "cafe kicks the station"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 3 min, seed 1
and    cafe vanishes
and    30 s pass
then   connected to home within 60 s
and    home and cafe saw 2 addresses
and    home and cafe saw different addresses
