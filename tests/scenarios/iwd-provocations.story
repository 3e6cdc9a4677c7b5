With iwd: more than twenty provocations in a row while connected, and online again within five seconds of each

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    an access point impostor: ssid "Cafe", channel 6, open, off at first
and    a stranger on channel 6
and    a network "Home": wpa2 "correct horse battery"
and    a network "Cafe": open
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   3 s pass
and    home asks the station to measure "victim"
and    1 s passes
then   connected to home within 4 s
when   the stranger asks the station for home to measure "Secret"
and    1 s passes
then   connected to home within 4 s
when   home steers the station
and    1 s passes
then   connected to home within 4 s
when   the stranger steers the station for home
and    1 s passes
then   connected to home within 4 s
when   the user scans
and    1 s passes
then   connected to home within 4 s
when   the user scans with iw
and    1 s passes
then   connected to home within 4 s
when   the user scans
and    1 s passes
then   connected to home within 4 s
when   the stranger says goodbye for home 2 times a second for 1 s
and    1 s passes
then   connected to home within 4 s
when   the stranger disassociates the station for home
and    1 s passes
then   connected to home within 4 s
# An open impostor of another network that the user knows.
when   impostor returns
and    5 s pass
then   connected to home within 4 s
when   the user scans
and    1 s passes
then   connected to home within 4 s
when   impostor vanishes
and    1 s passes
then   connected to home within 4 s
when   home switches to channel 1
and    1 s passes
then   connected to home within 4 s
when   macveil reloads
and    1 s passes
then   connected to home within 4 s
when   macveil is killed
and    1 s passes
and    macveil starts
and    1 s passes
then   connected to home within 4 s
when   the user runs "busybox touch /var/lib/iwd/Home.psk"
and    1 s passes
then   connected to home within 4 s
when   the user runs "macveil rotate"
and    1 s passes
then   connected to home within 4 s
when   home kicks the station
and    1 s passes
then   connected to home within 4 s
when   another program takes the link down
and    1 s passes
and    another program brings the link up
and    1 s passes
then   connected to home within 4 s
when   home leaves
and    3 s pass
and    home returns
and    1 s passes
# iwd may listen on the other channels for up to 5 s when it returns.
then   connected to home within 10 s
when   the user disconnects
and    1 s passes
and    the user selects "Home"
and    1 s passes
then   connected to home within 4 s
when   iwd is killed
and    iwd starts
and    1 s passes
then   connected to home within 4 s
and    home saw one address
and    still connected to home for 5 s
# iwd asks for an access point that the kernel has just forgotten, by its name.
and    the judge finds at most 1 of "probe request under an assigned address", "network named under an assigned address", "probe request naming a network not hidden"
