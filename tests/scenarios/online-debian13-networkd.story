With Debian 13's systemd: its networkd gets leases under the assigned addresses, across an outage and a move

given  any masking method
and    the machine has Debian 13's programs
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24 with DHCPv6
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24 with DHCPv6, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes", "[DHCPv4]", "Anonymize=yes", "[DHCPv6]", "DUIDType=link-layer", "IAID=1"
when   the user runs "networkctl --version"
then   the command said "systemd 257 "
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
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
and    cafe gave 1 IPv6 lease
and    home gave 1 lease
and    home gave 1 IPv6 lease
and    home and cafe saw different addresses
