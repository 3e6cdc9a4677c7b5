A station that becomes an access point, or a monitor, is let go of, and masked again when it is a station

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   wpa_supplicant stops
and    the user runs "ip link set wlan0 down"
and    the user runs "iw dev wlan0 set type __ap"
and    the user runs "ip link set wlan0 address 9a:11:22:33:44:55"
and    the user runs "ip link set wlan0 up"
then   macveil says "no longer a station"
and    the address stays for 5 s
when   the user runs "ip link set wlan0 down"
and    the user runs "iw dev wlan0 set type monitor"
and    the user runs "ip link set wlan0 up"
then   the address stays for 3 s
when   the user runs "ip link set wlan0 down"
and    the user runs "iw dev wlan0 set type managed"
and    wpa_supplicant starts
then   connected to home within 10 s
and    home saw one address
