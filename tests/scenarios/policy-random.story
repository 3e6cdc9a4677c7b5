With "random" for all networks every association has a new address

given  any masking method
and    macveil's connection settings have "cloned-mac-address = \"random\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw a new address each time
