The access point comes up on another channel

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home restarts on channel 11
and    3 s pass
then   connected to home within 20 s
and    home saw one address
