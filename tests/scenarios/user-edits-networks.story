The user adds and renames networks while connected and has them joined at once: none sees the address of another

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   1 s passes
and    the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W add_network; $W set_network 1 ssid 43616665; $W set_network 1 key_mgmt NONE; $W select_network 1'"
and    5 s pass
then   connected to cafe within 20 s
and    home and cafe saw different addresses
when   the user selects "Home"
then   connected to home within 20 s
when   3 s pass
# Without a word, and on one channel.
and    the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W set_network 0 ssid 43616665; $W set_network 0 scan_freq 2462; $W set_network 0 key_mgmt NONE; $W reassociate'"
and    5 s pass
then   connected to cafe within 20 s
when   the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W set_network 0 ssid 486f6d65; $W set_network 0 scan_freq \"\"; $W set_network 0 key_mgmt WPA-PSK; $W reassociate'"
and    5 s pass
then   connected to home within 20 s
# Networks in which the card is not a station: ad-hoc, mesh.
when   the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W add_network; $W set_network 2 ssid 4d696e65; $W set_network 2 key_mgmt NONE; $W set_network 2 mode 1; $W set_network 2 frequency 2462; $W select_network 2'"
and    5 s pass
and    the user selects "Home"
then   connected to home within 20 s
when   3 s pass
and    the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W set_network 2 mode 5; $W select_network 2'"
and    5 s pass
and    the user selects "Home"
then   connected to home within 20 s
and    home and cafe saw different addresses
# While it connects, with a passphrase that is wrong.
when   the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W disconnect; $W set_network 0 psk \"\\\"wrong horse battery\\\"\"; $W reconnect; $W remove_network 1'"
and    3 s pass
and    the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W add_network; $W set_network 3 ssid 43616665; $W set_network 3 key_mgmt NONE; $W select_network 3'"
and    5 s pass
then   connected to cafe within 30 s
and    home and cafe saw different addresses
