With iwd on one card and wpa_supplicant on another: each is protected as its own, through restarts of iwd

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    iwd drives the first card only
and    2 stations
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
when   5 s pass
and    wpa_supplicant starts
then   connected to home within 20 s
when   3 s pass
and    iwd stops
and    2 s pass
and    iwd starts
then   connected to home within 20 s
when   iwd is killed
and    2 s pass
and    iwd starts
then   connected to home within 20 s
when   macveil is killed
and    1 s passes
and    macveil starts
then   still connected to home for 5 s
when   the user runs "macveil status"
then   the command said "backend   iwd"
and    the command said "masking   driver: the driver scans under random addresses"
when   home kicks the station
and    1 s passes
then   connected to home within 20 s
and    home saw one address
