With the shipped program for events, ifupdown's dhclient gets leases under the assigned addresses, across an outage and a move

given  an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24 with DHCPv6
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24 with DHCPv6, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/network/interfaces": "iface wlan0 inet dhcp", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf", "iface wlan0 inet6 dhcp"
and    macveil reads the system's configuration
and    macveil's main settings have "dhcp-identity = \"follow\""
when   the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    macveil starts
and    the user starts "ifup wlan0"
then   online at cafe within 20 s
and    online over IPv6 at cafe within 10 s
when   5 s pass
and    cafe vanishes
and    40 s pass
and    cafe returns
then   online at cafe within 10 s
and    online over IPv6 at cafe within 10 s
when   5 s pass
and    home returns
and    cafe vanishes
then   online at home within 15 s
and    online over IPv6 at home within 10 s
when   5 s pass
and    cafe returns
and    home vanishes
then   online at cafe within 10 s
and    online over IPv6 at cafe within 10 s
and    cafe gave 1 lease
and    home gave 1 lease
and    home gave 1 IPv6 lease
and    home and cafe saw different addresses
