A link that comes and goes does not use up a network's leases with random addresses

given  any masking method
and    macveil's connection settings have "cloned-mac-address = \"random\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home is away 12 times for 2 s to 4 s
then   home saw 4 addresses
and    macveil says "reusing the last one"
