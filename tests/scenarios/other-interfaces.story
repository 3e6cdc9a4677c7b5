Access points, monitors, mesh points and P2P devices on the same radios and on others are left alone

given  any masking method
and    2 stations
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   the user runs "iw dev wlan0 interface add mon0 type monitor"
and    the user runs "ip link set mon0 up"
and    the user runs "iw dev wlan0 interface add mesh0 type mp"
and    the user runs "iw dev wlan1 interface add ap1 type __ap"
and    macveil and wpa_supplicant start
then   connected to home within 20 s
when   the interfaces that are no stations are noted
and    home is away 3 times for 2 s to 6 s
and    the user scans
and    5 s pass
then   those interfaces are as noted
and    home saw one address
