With systemd: wpa_supplicant's control socket is for root alone, so nothing is sent

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant's settings have "ctrl_interface=/run/wpa_supplicant"
when   a radio appears
and    the machine boots
and    15 s pass
then   no probe request was sent in that time
and    macveil says "ctrl_interface=DIR=... GROUP=..."
