Scripts disconnect and reconnect at once: the connection is made again each time

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/tmp/at-once": "disconnect", "reconnect"
and    a file "/tmp/select": "disconnect", "select_network 0"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 < /tmp/at-once'"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 < /tmp/select'"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 disconnect; wpa_cli -p /run/wpa_supplicant -i wlan0 reconnect'"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 disconnect; usleep 20000; wpa_cli -p /run/wpa_supplicant -i wlan0 reassociate'"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 disconnect; usleep 50000; wpa_cli -p /run/wpa_supplicant -i wlan0 reconnect'"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 disconnect; usleep 100000; wpa_cli -p /run/wpa_supplicant -i wlan0 reconnect'"
and    2 s pass
then   connected to home within 5 s
and    home saw one address
# The last word counts.
when   the user runs "busybox sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 reconnect; wpa_cli -p /run/wpa_supplicant -i wlan0 disconnect'"
then   disconnected within 2 s
and    not connected for 20 s
