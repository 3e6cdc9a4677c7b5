The user adds a hotspot while connected and selects it at once: it never shows the address of the network before

given  any masking method
and    an access point cafe: ssid "Cafe", channel 6, wpa2 "espresso machine"
and    a network "Cafe": wpa2 "espresso machine"
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
when   3 s pass
and    the user runs "busybox sh -c 'W=\"wpa_cli -p /run/wpa_supplicant -i wlan0\"; $W add_network; $W set_network 1 ssid 4d696e65; $W set_network 1 key_mgmt NONE; $W set_network 1 mode 2; $W set_network 1 frequency 2462; $W select_network 1'"
and    5 s pass
and    the user runs "iw dev wlan0 info"
then   the command said "type AP"
and    the address stays for 10 s
when   the user selects "Cafe"
then   connected to cafe within 20 s
and    cafe saw one address
