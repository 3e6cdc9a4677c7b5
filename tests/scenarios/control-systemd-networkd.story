With systemd, but without macveil: systemd-networkd puts the permanent address on a card that udev had given another

given  the machine runs systemd
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/systemd/network/70-random.link": "[Match]", "Type=wlan", "[Link]", "MACAddressPolicy=random"
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Link]", "MACAddress=02:00:00:00:00:00"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
and    5 s pass
then   the judge finds "frame under a permanent address"
