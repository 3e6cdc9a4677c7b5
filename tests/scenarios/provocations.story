More than twenty provocations in a row while connected: no frame that should not be, and online again within five seconds of each

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    an access point impostor: ssid "Cafe", channel 6, open, off at first
and    a stranger on channel 6
and    wpa_supplicant's settings have "update_config=1"
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    a network "Secret": wpa2 "correct horse battery", hidden
and    a network "Mine": wpa2 "password of mine", with "mode=2", with "frequency=2462", with "disabled=1"
and    a file "/tmp/own.conf": "interface=wlan0", "driver=nl80211", "ssid=Mine", "hw_mode=g", "channel=6"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   3 s pass
and    home asks the station to measure "victim"
and    2 s pass
then   connected to home within 3 s
when   the stranger asks the station for home to measure "Secret"
and    2 s pass
then   connected to home within 3 s
when   home steers the station
and    2 s pass
then   connected to home within 3 s
when   the stranger steers the station for home
and    2 s pass
then   connected to home within 3 s
when   the stranger says goodbye for home 2 times a second for 1 s
and    2 s pass
then   connected to home within 3 s
when   the stranger disassociates the station for home
and    2 s pass
then   connected to home within 3 s
when   the user scans
and    2 s pass
then   connected to home within 3 s
when   the user scans with iw
and    2 s pass
then   connected to home within 3 s
when   the user scans for "Elsewhere"
and    2 s pass
then   connected to home within 3 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 set bgscan simple:1:-10:1"
and    the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 set_network 0 bgscan '\"simple:1:-10:1\"'"
and    2 s pass
then   connected to home within 3 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 reassociate"
and    2 s pass
then   connected to home within 3 s
when   the user selects "Home"
and    2 s pass
then   connected to home within 3 s
when   the user reconfigures
and    2 s pass
then   connected to home within 3 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 save_config"
and    2 s pass
then   connected to home within 3 s
# An open impostor of another network that the user knows.
when   impostor returns
and    5 s pass
then   connected to home within 3 s
when   impostor vanishes
and    2 s pass
then   connected to home within 3 s
when   home switches to channel 1
and    2 s pass
then   connected to home within 3 s
# A hotspot, and back.
when   the user selects "Mine"
and    5 s pass
and    the user selects "Home"
and    2 s pass
then   connected to home within 3 s
# Programs that make the card something else than a station.
when   the user runs "busybox sh -c 'hostapd -B -P /tmp/own.pid /tmp/own.conf; true'"
and    2 s pass
then   connected to home within 3 s
when   the user runs "busybox sh -c 'kill $(cat /tmp/own.pid); iw dev wlan0 set type ibss; iw dev wlan0 ibss join Mine 2462; true'"
and    2 s pass
then   connected to home within 3 s
when   macveil reloads
and    2 s pass
then   connected to home within 3 s
when   macveil is killed
and    1 s passes
and    macveil starts
and    2 s pass
then   connected to home within 3 s
when   the radio is blocked
and    2 s pass
and    the radio is unblocked
and    2 s pass
then   connected to home within 3 s
when   another program takes the link down
and    1 s passes
and    another program brings the link up
and    2 s pass
then   connected to home within 3 s
when   another program sets a fresh address
and    2 s pass
then   connected to home within 3 s
when   home kicks the station
and    2 s pass
then   connected to home within 3 s
when   home leaves
and    3 s pass
and    home returns
and    2 s pass
then   connected to home within 3 s
and    home saw one address
and    still connected to home for 5 s
