Ten times in a network, before and after an outage, and the same lease each time

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a network "Home": wpa2 "correct horse battery", policy "stable"
and    macveil's main settings have "dhcp-identity = \"follow\""
...
then   online at home within 20 s
when   home is away 5 times for 5 s to 15 s
and    home is away 4 times for 5 s to 15 s
then   online at home within 20 s
and    home saw one address
and    home gave the same lease in 10 associations

= dhclient
and    a file "/etc/network/interfaces": "iface wlan0 inet dhcp", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf"
and    macveil reads the system's configuration
when   macveil starts
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "ifup wlan0"

= networkd
and    the machine runs systemd
and    macveil is installed as the README tells
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes", "[DHCPv4]", "Anonymize=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots

= udhcpc
and    macveil reads the system's configuration
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "udhcpc -b -i wlan0"

= dhcpcd
and    a file "/etc/dhcpcd.conf": "anonymous"
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "dhcpcd -B wlan0"
