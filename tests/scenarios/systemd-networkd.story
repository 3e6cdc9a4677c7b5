With systemd: systemd-networkd requests IP addresses along with macveil

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl enable systemd-networkd"
and    a radio appears
and    the machine boots
then   connected to home within 30 s
when   the user runs "busybox sh -c 'busybox cat /run/systemd/netif/links/$(busybox cat /sys/class/net/wlan0/ifindex)'"
then   the command said "/etc/systemd/network/20-wlan0.network"
and    the command said "ADMIN_STATE=configuring"
and    still connected to home for 5 s
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
