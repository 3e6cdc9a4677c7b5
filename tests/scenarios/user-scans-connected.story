The user scans while connected: the connection and its address stay

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
# A connected card cannot scan under another address; these scans are the user's.
when   the judge looks away
and    the user scans
and    20 s pass
and    the user scans with iw
and    20 s pass
and    the judge looks again
then   still connected to home for 5 s
and    home saw one address
