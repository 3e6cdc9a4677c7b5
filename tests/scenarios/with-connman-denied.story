ConnMan that is told to keep off the interface, and macveil has it

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    connman's settings have "NetworkInterfaceBlacklist=vmnet,wlan0"
and    macveil and wpa_supplicant are running
then   connected to home within 20 s
when   connman starts
then   still connected to home for 10 s
when   home vanishes
and    10 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
