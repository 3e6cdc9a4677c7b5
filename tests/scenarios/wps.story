The user starts WPS: macveil says that it cannot protect that, stays silent until WPS is over, and connects again

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 wps_pbc"
and    20 s pass
then   macveil says "ad-hoc or mesh network (mode=1 or 5) or WPS" 1 times
when   60 s pass
then   no probe request was sent in that time
when   50 s pass
then   connected to home within 10 s
and    home saw one address
