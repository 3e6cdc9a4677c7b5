What one network is told, another one never hears, whatever their policies

given  any masking method
and    an access point cafe: ssid "Cafe", channel 1, wpa2 "flat white", subnet 10.1.0.0/24 with DHCPv6
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24 with DHCPv6, off at first
and    an access point hotel: ssid "Hotel", channel 11, open, subnet 10.3.0.0/24 with DHCPv6, off at first
and    an access point airport: ssid "Airport", channel 1, open, subnet 10.4.0.0/24 with DHCPv6, off at first
and    an access point office: ssid "Office", channel 6, wpa2 "nine to five", subnet 10.5.0.0/24 with DHCPv6, off at first
and    an access point shop: ssid "Shop", channel 11, open, subnet 10.6.0.0/24 with DHCPv6, off at first
and    a network "Cafe": wpa2 "flat white", policy "stable-ssid"
and    a network "Home": wpa2 "correct horse battery", policy "stable-ssid"
and    a network "Hotel": open, policy "random"
and    a network "Airport": open, policy "random"
and    a network "Office": wpa2 "nine to five", policy "permanent"
and    a network "Shop": open, policy "permanent"
and    macveil's main settings have "dhcp-identity = \"follow\""
...
then   online at cafe within 40 s
and    online over IPv6 at cafe within 10 s
when   3 s pass
and    home returns
and    cafe vanishes
then   online at home within 40 s
and    online over IPv6 at home within 10 s
when   3 s pass
and    hotel returns
and    home vanishes
then   online at hotel within 40 s
and    online over IPv6 at hotel within 10 s
when   3 s pass
and    hotel vanishes
and    40 s pass
and    hotel returns
then   online at hotel within 40 s
and    online over IPv6 at hotel within 10 s
when   3 s pass
and    airport returns
and    hotel vanishes
then   online at airport within 40 s
and    online over IPv6 at airport within 10 s
when   3 s pass
and    office returns
and    airport vanishes
then   online at office within 40 s
and    online over IPv6 at office within 10 s
when   3 s pass
and    shop returns
and    office vanishes
then   online at shop within 40 s
and    online over IPv6 at shop within 10 s
when   3 s pass
and    cafe returns
and    shop vanishes
then   online at cafe within 40 s
and    online over IPv6 at cafe within 10 s
when   5 s pass
then   cafe gave 1 lease
and    cafe saw one address
and    cafe and home saw different addresses
and    hotel and airport saw a new address each time
and    office and shop saw the permanent address
and    hotel gave 2 leases

= networkd
and    the machine runs systemd
and    macveil is installed as the README tells
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes", "[DHCPv4]", "Anonymize=yes", "[DHCPv6]", "DUIDType=link-layer", "IAID=1", "SendHostname=no"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots

= dhclient
and    a file "/etc/network/interfaces": "iface wlan0 inet dhcp", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf", "iface wlan0 inet6 dhcp"
and    macveil reads the system's configuration
when   macveil starts
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "ifup wlan0"

= udhcpc
and    macveil reads the system's configuration
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "udhcpc -b -i wlan0 -x hostname:laptop"

= dhcpcd
and    a file "/etc/dhcpcd.conf": "anonymous"
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "dhcpcd -B wlan0"
