macveil starts while the station is connected under its permanent address

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
then   connected to home within 20 s
when   macveil starts
and    10 s pass
then   connected to home within 10 s
and    home saw 2 addresses
