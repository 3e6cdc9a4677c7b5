A static address keeps its gateway across an outage

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/network/interfaces": "iface wlan0 inet static", "    address 10.2.0.50/24", "    gateway 10.2.0.1", "    wpa-conf /etc/wpa_supplicant/wpa_supplicant.conf"
when   macveil starts
and    the user starts "ifup wlan0"
then   online at home within 15 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
when   home leaves
and    5 s pass
and    home returns
then   online at home within 10 s
and    home saw one address
