With systemd: cards are plugged in while all runs, and something scans with one at once

given  any masking method
and    2 stations
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   the machine boots
and    3 s pass
then   macveil says "no interface to protect yet"
when   a radio appears
then   connected to home within 20 s
when   a radio appears and something scans with it at once
then   connected to home within 20 s
