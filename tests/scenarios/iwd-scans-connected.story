With iwd: the access point asks for measurements and for another choice, the user and a program scan: no probe request

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    a network "Home": wpa2 "correct horse battery"
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   10 s pass
and    home asks the station to measure "victim"
and    5 s pass
and    home steers the station
and    20 s pass
and    the user scans
and    20 s pass
then   still connected to home for 1 s
when   the user scans with iw
and    20 s pass
then   no probe request was sent in that time
and    still connected to home for 1 s
and    home saw one address
and    macveil says "ended a scan under the assigned address at its first channel"
# Scans while searching go on.
when   home vanishes
and    20 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
and    the judge finds at most 1 of "probe request under an assigned address", "network named under an assigned address", "probe request naming a network not hidden"
