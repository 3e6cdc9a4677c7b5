With systemd: systemd-networkd is told to put the permanent address on the card, again and again

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Link]", "MACAddress=02:00:00:00:00:00", "[Network]", "DHCP=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
then   connected to home within 30 s
when   the user runs "systemctl restart systemd-networkd"
and    2 s pass
then   connected to home within 20 s
when   home vanishes
and    5 s pass
and    the user runs "systemctl restart systemd-networkd"
and    home returns
then   connected to home within 20 s
and    still connected to home for 2 s
and    home saw one address
