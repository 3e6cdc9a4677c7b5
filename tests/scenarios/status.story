The status tells the truth at every turn

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
and    macveil's status is true
when   the user runs "macveil status"
then   the command said "Connected to Home"
and    the command said "assigned to Home"
when   home vanishes
and    10 s pass
then   macveil's status is true
when   the user runs "macveil status"
then   the command said "Masked, looking for a network"
when   home returns
then   connected to home within 10 s
and    macveil's status is true
when   the user disconnects
then   disconnected within 5 s
when   1 s passes
then   macveil's status is true
when   the user runs "macveil status"
then   the command said "disconnected by the user"
