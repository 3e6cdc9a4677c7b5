A network with an address of its own

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "9a:11:22:33:44:55"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw only 9a:11:22:33:44:55
