An address that changes with the clock changes between associations, never within one

given  any masking method
and    macveil's connection settings have "cloned-mac-address = \"stable\""
and    macveil's connection settings have "stable-id = \"${NETWORK_SSID}${PERIOD:2m}\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
and    the address stays for 150 s
and    home saw one address
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw 2 addresses
