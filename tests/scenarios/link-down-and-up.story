Another program takes the link down and up: while connected, while masked, and during a scan

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   another program takes the link down
and    5 s pass
and    another program brings the link up
then   connected to home within 10 s
when   another program takes the link down
and    another program brings the link up
then   connected to home within 10 s
when   home vanishes
and    10 s pass
and    another program takes the link down
and    20 s pass
then   no probe request was sent in that time
when   another program brings the link up
and    3 s pass
and    another program takes the link down
and    50 ms pass
and    another program brings the link up
and    home returns
then   connected to home within 20 s
and    home saw one address
