rotate = "60s": a new address after its time, but never within an association nor within four hours of it

given  any masking method
and    macveil's connection settings have "rotate = \"60s\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
and    the address stays for 120 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
when   wpa_supplicant stops
and    macveil stops
and    home leaves
and    245 min pass
and    home returns
and    macveil and wpa_supplicant start
then   connected to home within 10 s
and    home saw 2 addresses
when   macveil is killed
and    home leaves
and    10 s pass
and    macveil starts
and    home returns
then   connected to home within 60 s
and    home saw 2 addresses
