With iwd: a stranger sends action frames of every category in the access point's name, while connected and while searching

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a stranger on channel 6
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   the stranger sends action frames for home for 10 s
then   connected to home within 10 s
when   the radio is blocked
and    2 s pass
and    the radio is unblocked
then   connected to home within 20 s
when   the stranger sends action frames for home for 10 s
then   connected to home within 10 s
and    still connected to home for 10 s
and    home saw one address
