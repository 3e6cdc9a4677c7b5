With iwd: the radio is removed and returns, with another name and number, and its network sees the same address

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   the radio is removed
and    5 s pass
and    the radio returns
then   connected to home within 20 s
when   2 s pass
then   still connected to home for 2 s
and    home saw one address
