With systemd: a machine boots, and something scans before macveil is there

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    something scans at boot before macveil
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   a radio appears
and    the machine boots
then   connected to home within 30 s
