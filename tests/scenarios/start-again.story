Where it was connected before it was switched off, a card looks first

given  any masking method
and    an access point home: ssid "Home", channel 11, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 20 s
when   10 s pass
and    macveil and wpa_supplicant stop
and    10 s pass
and    macveil and wpa_supplicant start
then   connected to home within 1500 ms
