A static address and its routes, as ifupdown sets them, last through outages and a kick

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   1 s passes
and    the user runs "ip address add 10.2.0.9/24 dev wlan0"
and    the user runs "ip route add default via 10.2.0.1 dev wlan0 metric 600"
and    the user runs "ip route add 198.51.100.0/24 via 10.2.0.1 dev wlan0 table 77"
and    the user runs "ip address add fd02::9/64 dev wlan0 nodad"
and    the user runs "ip -6 route add default via fd02::1 dev wlan0"
then   connected to home within 15 s
and    online at home within 2 s
when   home vanishes
and    40 s pass
and    home returns
then   connected to home within 10 s
and    online at home within 2 s
when   home kicks the station
and    5 s pass
then   connected to home within 10 s
and    online at home within 2 s
when   the user runs "ip route show table 77"
then   the command said "198.51.100.0/24 via 10.2.0.1"
when   the user runs "ip -6 route show default"
then   the command said "default via fd02::1 dev wlan0"
and    home saw one address
