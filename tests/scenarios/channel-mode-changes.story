The access point changes its mode with its channel; newer kernels end the association for that

given  an access point home: ssid "Home", channel 6, 802.11n, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home switches to channel 1 without 802.11n
and    3 s pass
then   connected to home within 10 s
and    still connected to home for 10 s
when   the user disconnects
then   disconnected within 2 s
and    not connected for 20 s
and    home saw one address
