macveil reroll: another address from the next association on, or at once, and it stays

given  any masking method
and    macveil reads the system's configuration
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "macveil reroll Home"
then   the address stays for 10 s
and    home saw one address
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw 2 addresses
when   the user runs "macveil reroll Home --now"
and    5 s pass
then   connected to home within 10 s
and    home saw 3 addresses
when   macveil stops
and    macveil starts
and    home leaves
and    10 s pass
and    home returns
then   connected to home within 60 s
and    home saw 3 addresses
