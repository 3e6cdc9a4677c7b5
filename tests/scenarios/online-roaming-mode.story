With the shipped program for events, ifupdown's roaming mode gets leases under the assigned addresses, across an outage and a move

given  any masking method
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/network/interfaces": "iface wlan0 inet manual", "    wpa-roam /etc/wpa_supplicant/wpa_supplicant.conf", "iface default inet dhcp"
when   the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    macveil starts
and    the user starts "ifup wlan0"
then   online at cafe within 20 s
when   cafe vanishes
and    40 s pass
and    cafe returns
then   online at cafe within 10 s
when   home returns
and    cafe vanishes
then   online at home within 15 s
when   cafe returns
and    home vanishes
then   online at cafe within 10 s
and    home and cafe saw different addresses
# What Debian's own configuration of dhclient tells: its DUID, which is another one later, the host name, and the lease
# that it had last.
and    the judge finds at most 60 of "identifier of another address", "IP address of another address"
