With the shipped program for events, dhcpcd has its lease at once in a network that it knows

given  any masking method
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home Office", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home Office": wpa2 "correct horse battery"
...
when   the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "dhcpcd -B -d wlan0"
and    macveil and wpa_supplicant start
then   online at cafe within 40 s
when   20 s pass
and    cafe vanishes
and    40 s pass
and    cafe returns
then   online at cafe within 5 s
when   home returns
and    cafe vanishes
then   online at home within 20 s
when   20 s pass
and    cafe returns
and    home vanishes
then   online at cafe within 5 s
when   home returns
and    cafe vanishes
then   online at home within 5 s
and    cafe gave 1 lease
and    home gave 1 lease
and    home and cafe saw different addresses

= debian12
and    a file "/etc/dhcpcd.conf": "anonymous"

= debian13
and    the machine has Debian 13's programs
and    a file "/etc/dhcpcd.conf": "anonymous"
