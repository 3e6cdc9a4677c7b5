The user's wpa_supplicant.conf has mac_addr=1

given  wpa_supplicant's settings have "mac_addr=1"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 15 s
when   home vanishes
and    20 s pass
and    home returns
then   connected to home within 10 s
when   home leaves
and    70 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
