With systemd: as Arch starts iwd and systemd-networkd, with macveil's settings for iwd, the machine is online, also after an outage

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a file "/var/lib/iwd/Home.psk": "[Security]", "Passphrase=correct horse battery"
and    a file "/etc/systemd/network/25-wireless.network": "[Match]", "Type=wlan", "[Network]", "DHCP=yes", "IgnoreCarrierLoss=3s"
when   the user runs "systemd-sysusers"
and    the user runs "busybox cp /lab/project/contrib/iwd/main.conf /etc/iwd/main.conf"
and    the user runs "busybox cp -r /lab/project/contrib/iwd/macveil.service.d /etc/systemd/system/"
and    the user runs "systemctl daemon-reload"
and    the user runs "systemctl enable systemd-networkd iwd.service"
and    a radio appears
and    the machine boots
then   online at home within 15 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 15 s
and    home gave 1 lease
and    home saw one address
# iwd's search for the access point that it remembers.
and    the judge finds at most 4 of "probe request under an assigned address", "probe request naming a network not hidden", "network named under an assigned address"
