Forged goodbyes do not bring more random addresses out than the four that are drawn in a row

given  any masking method
and    macveil's connection settings have "cloned-mac-address = \"random\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a stranger on channel 6
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the stranger says goodbye for home 20 times a second for 15 s
then   connected to home within 60 s
and    home saw 4 addresses
