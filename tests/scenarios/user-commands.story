The user asks for a scan, another mask, a pause: the promise holds

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "macveil scan"
then   the command said "listened on all channels without sending"
and    the command said "Home"
and    connected to home within 1 s
and    no probe request was sent in that time
when   the user runs "macveil rotate"
then   the command said "Home keeps it the next time, too"
when   the user runs "macveil pause wlan0"
then   the command said "connected to Home; when this connection ends"
and    still connected to home for 5 s
when   home leaves
and    2 s pass
and    home returns
and    2 s pass
then   not connected for 10 s
and    macveil's status is true
when   the user runs "macveil status"
then   the command said "Masked and silent"
when   the user runs "macveil scan"
then   the command said "scanned all channels under"
and    the command said "Home"
and    not connected for 5 s
when   the user runs "macveil rotate wlan0"
then   the command said "another mask"
and    macveil's status is true
when   the user reconnects
then   not connected for 10 s
when   the user runs "macveil resume"
then   the command said "looking for a network"
and    connected to home within 10 s
and    macveil's status is true
when   the user runs "macveil pause --for 5s"
and    the user disconnects
then   disconnected within 5 s
when   10 s pass
then   not connected for 10 s
when   the user runs "macveil status"
then   the command said "disconnected by the user"
