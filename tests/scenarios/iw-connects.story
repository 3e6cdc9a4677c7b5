A user has the kernel connect while wpa_supplicant runs: the connection is ended, whatever macveil does at that moment

given  any masking method
and    an access point cafe: ssid "Cafe", channel 6, open
and    an access point home: ssid "Home", channel 1, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   5 s pass
# While macveil searches.
and    the judge looks away
and    the user runs "iw dev wlan0 connect Cafe 2437"
and    1 s passes
and    the judge looks again
and    the user runs "iw dev wlan0 link"
then   the command said "Not connected"
when   home returns
then   connected to home within 20 s
# After the user disconnected.
when   the user disconnects
and    3 s pass
and    the judge looks away
and    the user runs "iw dev wlan0 connect Cafe 2437"
and    1 s passes
and    the judge looks again
and    the user runs "iw dev wlan0 link"
then   the command said "Not connected"
when   the user reconnects
then   connected to home within 20 s
