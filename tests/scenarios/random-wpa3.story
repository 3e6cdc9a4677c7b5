A WPA3 network joined under random addresses is shown no key of the address before

given  any masking method
and    macveil's connection settings have "cloned-mac-address = \"random\""
and    an access point home: ssid "Home", channel 6, wpa3 "correct horse battery"
and    a network "Home": wpa3 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home kicks the station
and    5 s pass
then   connected to home within 10 s
when   home kicks the station
and    5 s pass
then   connected to home within 10 s
and    home saw a new address each time
