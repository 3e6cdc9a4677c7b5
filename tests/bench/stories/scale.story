Many radios under one daemon: they start together, lose their network at the same moment, and get it back

given  1 stations
and    an access point home: ssid "Home", channel 6, open
and    a network "Home": open
and    macveil and wpa_supplicant are running
then   connected to home within 10 min
when   30 s pass
and    home leaves
and    20 s pass
and    home returns
then   connected to home within 10 min
when   30 s pass
