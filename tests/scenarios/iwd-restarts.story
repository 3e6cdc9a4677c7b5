With iwd: iwd restarts and is killed, macveil restarts and is killed, and both

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   iwd stops
and    2 s pass
and    iwd starts
then   connected to home within 20 s
when   macveil stops
and    1 s passes
and    macveil starts
then   still connected to home for 3 s
when   iwd is killed
and    iwd starts
then   connected to home within 20 s
when   macveil is killed
and    1 s passes
and    macveil starts
then   still connected to home for 3 s
when   macveil is killed
and    iwd is killed
and    macveil starts
and    iwd starts
then   connected to home within 20 s
and    home saw one address
# It is this iwd that macveil works with.
when   3 s pass
and    iwd is killed
and    iwd starts
then   connected to home within 20 s
and    home saw one address
when   2 s pass
and    the user runs "macveil reroll Home --now"
and    5 s pass
then   connected to home within 20 s
and    home saw 2 addresses
