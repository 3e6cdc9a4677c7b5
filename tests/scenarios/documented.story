With systemd: each command that the documentation has its readers type does what the page says

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
# The second radio is another machine's, where the sniffer runs.
and    2 stations
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a network "Cafe": open
when   a radio appears
and    the machine boots
then   connected to home within 20 s
when   the documentation is followed
then   connected to home within 20 s
and    still connected to home for 2 s
