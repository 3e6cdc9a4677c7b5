With iwd: a static address and its routes last through outages and a kick

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   the user runs "busybox sh -c 'ip address add 10.2.0.9/24 dev $(cd /sys/class/net; grep -ls 1 wlan*/carrier | cut -d/ -f1)'"
and    the user runs "busybox sh -c '/sbin/ip address add fd02::9/64 nodad dev $(cd /sys/class/net; grep -ls 1 wlan*/carrier | cut -d/ -f1)'"
and    the user runs "ip -6 route add default via fd02::1"
and    the user runs "ip route add default via 10.2.0.1 metric 600"
and    the user runs "ip route add 198.51.100.0/24 via 10.2.0.1 table 77"
then   online at home within 5 s
when   home vanishes
and    40 s pass
and    home returns
then   connected to home within 20 s
and    online at home within 5 s
when   home kicks the station
and    5 s pass
then   connected to home within 20 s
and    online at home within 5 s
when   the user runs "ip route show table 77"
then   the command said "198.51.100.0/24 via 10.2.0.1"
when   the user runs "ip -6 route show default"
then   the command said "default via fd02::1"
and    home saw one address
and    the judge finds at most 4 of "probe request under an assigned address", "probe request naming a network not hidden", "network named under an assigned address"
