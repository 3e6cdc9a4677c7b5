With iwd: a stranger forges all kinds of frames of an access point that protects management frames

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa3 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    a network "Home": wpa3 "correct horse battery"
and    a stranger on channel 6
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   the stranger sends action frames for home for 10 s
and    5 s pass
and    the stranger forges beacons of home for 15 s
then   connected to home within 60 s
when   the stranger announces a move of home to channel 1
then   connected to home within 20 s
when   the stranger says goodbye for home 20 times a second for 10 s
then   connected to home within 60 s
when   the stranger sends action frames for home for 10 s
then   connected to home within 20 s
and    still connected to home for 10 s
and    home saw one address
