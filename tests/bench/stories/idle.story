Connected, and nothing to do for ten minutes

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 min
when   30 s pass
and    10 min pass
and    1 s passes
