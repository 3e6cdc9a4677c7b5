dhcpcd with `anonymous` gets leases under the assigned addresses, across an outage and a move

given  an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24 with DHCPv6
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24 with DHCPv6, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/dhcpcd.conf": "anonymous"
when   the user starts "dhcpcd -B -d wlan0"
and    macveil and wpa_supplicant start
then   online at cafe within 40 s
and    online over IPv6 at cafe within 10 s
when   5 s pass
and    cafe vanishes
and    40 s pass
and    cafe returns
then   online at cafe within 15 s
and    online over IPv6 at cafe within 10 s
when   5 s pass
and    home returns
and    cafe vanishes
then   online at home within 20 s
and    online over IPv6 at home within 10 s
when   5 s pass
and    cafe returns
and    home vanishes
then   online at cafe within 15 s
and    online over IPv6 at cafe within 10 s
and    cafe gave 1 lease
and    cafe gave 1 IPv6 lease
and    home gave 1 lease
and    home gave 1 IPv6 lease
and    home and cafe saw different addresses
