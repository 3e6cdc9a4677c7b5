With the shipped program for events, udhcpc gets leases under the assigned addresses, across an outage and a move

given  any masking method
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    macveil reads the system's configuration
and    macveil's main settings have "dhcp-identity = \"follow\""
when   the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "udhcpc -f -i wlan0"
and    macveil and wpa_supplicant start
then   online at cafe within 15 s
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
and    cafe gave 1 lease
and    home gave 1 lease
and    home and cafe saw different addresses
