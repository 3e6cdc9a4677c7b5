macveil starts while the station is connected under its permanent address: one goodbye, then no more

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
then   connected to home within 20 s
when   the judge looks away
and    macveil starts
and    100 ms pass
and    the judge looks again
and    10 s pass
then   connected to home within 10 s
and    home saw 2 addresses
