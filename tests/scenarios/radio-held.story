Another program listens without end: its scans leave little room for macveil's

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   another program listens without end
and    macveil and wpa_supplicant start
then   connected to home within 30 s
when   the other program listens no longer
then   still connected to home for 20 s
when   home vanishes
and    5 s pass
and    another program listens without end
and    10 s pass
and    home returns
then   connected to home within 30 s
when   the other program listens no longer
then   still connected to home for 5 s
and    home saw one address
