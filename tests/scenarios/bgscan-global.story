Background scans for all networks: none is sent while macveil runs

given  any masking method
and    wpa_supplicant's settings have "bgscan=\"simple:5:-45:5\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", with "bgscan=\"learn:5:-45:5\""
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   20 s pass
and    30 s pass
then   no probe request was sent in that time
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 reassociate"
and    30 s pass
then   macveil says "scan under the assigned address" 0 times
and    still connected to home for 1 s
