As Buildroot's BusyBox starts it: with the shipped script and the program for events, udhcpc is online, also after an outage

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    macveil reads the system's configuration
and    a file "/etc/wpa_supplicant.conf": "ctrl_interface=/var/run/wpa_supplicant", "ap_scan=1", "network={", "ssid=\"Home\"", "psk=\"correct horse battery\"", "}"
and    a file "/etc/network/interfaces": "auto wlan0", "iface wlan0 inet dhcp", "    pre-up wpa_supplicant -B -D nl80211 -i wlan0 -c /etc/wpa_supplicant.conf"
and    a file "/etc/init.d/S40network": "/bin/busybox ifup -a"
and    a file "/etc/init.d/rcS": "for script in /etc/init.d/S??*; do", "    sh $script start", "done"
when   the user runs "cp /lab/contrib/busybox/S05macveil /etc/init.d"
# The one step, in inittab.
and    the user starts "macveil events --exec /etc/macveil/hooks.d --exec /usr/lib/macveil/hooks.d"
and    the user starts "sh /etc/init.d/rcS"
then   online at home within 10 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
and    home gave 1 lease
and    home saw one address
when   the user runs "sh /etc/init.d/S05macveil stop"
