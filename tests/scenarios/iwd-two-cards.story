With iwd: two cards in one network, each under its own address, through restarts of iwd and a kick

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    2 stations
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 40 s
when   3 s pass
and    iwd stops
and    2 s pass
and    iwd starts
then   connected to home within 40 s
when   home kicks the station
and    1 s passes
then   connected to home within 40 s
when   macveil is killed
and    iwd is killed
and    macveil starts
and    iwd starts
then   connected to home within 40 s
and    still connected to home for 10 s
and    home saw one address
