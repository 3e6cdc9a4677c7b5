Online: from the start, after an outage of 40 s, in another network, back, and from the next start

given  an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
...
when   online at cafe, or 2 min pass
and    20 s pass
and    cafe vanishes
and    40 s pass
and    cafe returns
and    online at cafe, or 2 min pass
and    20 s pass
and    home returns
and    cafe vanishes
and    online at home, or 2 min pass
and    20 s pass
and    cafe returns
and    home vanishes
and    online at cafe, or 2 min pass
and    20 s pass
...
and    online at cafe, or 2 min pass
and    1 s passes

= macveil-networkd
and    the machine runs systemd
and    macveil is installed as the README tells
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
...
and    the machine boots

= alone-networkd
and    the machine runs systemd
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
...
and    the machine boots

= macveil-dhclient
and    a file "/etc/network/interfaces": "iface wlan0 inet dhcp", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf"
when   macveil starts
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "ifup wlan0"
...
and    the user runs "ifdown wlan0"
and    macveil stops
and    10 s pass
and    macveil starts
and    the user starts "ifup wlan0"

= alone-dhclient
and    a file "/etc/network/interfaces": "iface wlan0 inet dhcp", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf"
when   the user starts "ifup wlan0"
...
and    the user runs "ifdown wlan0"
and    10 s pass
and    the user starts "ifup wlan0"

= macveil-roaming
and    a file "/etc/network/interfaces": "iface wlan0 inet manual", "    wpa-roam /etc/wpa_supplicant/wpa_supplicant.conf", "iface default inet dhcp"
when   macveil starts
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "ifup wlan0"
...
and    the user runs "ifdown wlan0"
and    macveil stops
and    10 s pass
and    macveil starts
and    the user starts "ifup wlan0"

= alone-roaming
and    a file "/etc/network/interfaces": "iface wlan0 inet manual", "    wpa-roam /etc/wpa_supplicant/wpa_supplicant.conf", "iface default inet dhcp"
when   the user starts "ifup wlan0"
...
and    the user runs "ifdown wlan0"
and    10 s pass
and    the user starts "ifup wlan0"

= macveil-udhcpc
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "udhcpc -b -i wlan0"
...
and    the user runs "pkill udhcpc"
and    macveil and wpa_supplicant stop
and    10 s pass
and    macveil and wpa_supplicant start
and    the user starts "udhcpc -b -i wlan0"

= alone-udhcpc
when   wpa_supplicant starts
and    the user starts "udhcpc -b -i wlan0"
...
and    the user runs "pkill udhcpc"
and    wpa_supplicant stops
and    10 s pass
and    wpa_supplicant starts
and    the user starts "udhcpc -b -i wlan0"

= macveil-dhcpcd
when   macveil and wpa_supplicant start
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user starts "dhcpcd -B wlan0"
...
and    the user runs "dhcpcd -x wlan0"
and    macveil and wpa_supplicant stop
and    10 s pass
and    macveil and wpa_supplicant start
and    the user starts "dhcpcd -B wlan0"

= alone-dhcpcd
when   wpa_supplicant starts
and    the user starts "dhcpcd -B wlan0"
...
and    the user runs "dhcpcd -x wlan0"
and    wpa_supplicant stops
and    10 s pass
and    wpa_supplicant starts
and    the user starts "dhcpcd -B wlan0"

= macveil-iwd
and    iwd's General settings have "AddressRandomization=network"
and    iwd's General settings have "EnableNetworkConfiguration=true"
when   macveil starts
and    iwd starts
...
and    iwd stops
and    macveil stops
and    10 s pass
and    macveil starts
and    iwd starts

= networkmanager
and    networkmanager's connection settings have "wifi.cloned-mac-address=stable"
when   networkmanager starts
...
and    networkmanager stops
and    10 s pass
and    networkmanager starts

= iwd
and    iwd's General settings have "AddressRandomization=network"
and    iwd's General settings have "EnableNetworkConfiguration=true"
when   iwd starts
...
and    iwd stops
and    10 s pass
and    iwd starts
