The user saves wpa_supplicant's settings and has it read them again: the connection comes back

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    wpa_supplicant's settings have "update_config=1"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 save_config"
and    the user reconfigures
and    2 s pass
then   connected to home within 20 s
and    home saw one address
