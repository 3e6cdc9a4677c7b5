The user scans while connected: no probe request, and the connection and its address stay

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user scans
and    20 s pass
and    the user scans with iw
and    20 s pass
then   no probe request was sent in that time
when   the user scans for "Elsewhere"
and    20 s pass
then   still connected to home for 5 s
and    home saw one address
