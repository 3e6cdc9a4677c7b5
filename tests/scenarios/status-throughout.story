Each answer of the status is what the kernel and the air say, within 100 ms of each change

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   macveil's status is watched
then   connected to home within 10 s
when   home vanishes
and    3 s pass
and    home returns
then   connected to home within 10 s
when   home kicks the station
and    1 s passes
then   connected to home within 20 s
when   the user runs "macveil reroll Home --now"
and    2 s pass
then   connected to home within 10 s
when   the user runs "macveil pause"
and    the user disconnects
then   disconnected within 5 s
when   the user runs "macveil rotate"
and    1 s passes
and    the user runs "macveil scan"
and    the user scans
and    1 s passes
and    the user runs "macveil resume"
and    the user reconnects
then   connected to home within 20 s
when   another program takes the link down
and    1 s passes
and    another program brings the link up
and    1 s passes
then   connected to home within 20 s
when   another program sets a fresh address
and    3 s pass
then   connected to home within 20 s
when   the radio is blocked
and    1 s passes
and    the radio is unblocked
and    1 s passes
then   connected to home within 20 s
when   the user sets the policy of "Home" to "random"
and    macveil reloads
and    the user runs "macveil rotate"
and    home leaves
and    2 s pass
and    home returns
then   connected to home within 20 s
and    macveil's status was true all along
