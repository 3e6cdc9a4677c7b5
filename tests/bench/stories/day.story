A day: home, on the way, in a cafe, asleep, in a club whose network is hidden, with the radio off, and home again

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open, off at first
and    an access point club: ssid "Club", channel 1, wpa2 "members only", hidden, off at first
and    a network "Home": wpa2 "correct horse battery"
and    a network "Cafe": open
and    a network "Club": wpa2 "members only", hidden
and    macveil and wpa_supplicant are running
then   connected to home within 10 min
when   1 min passes
and    home vanishes
and    3 min pass
and    cafe returns
then   connected to cafe within 10 min
when   1 min passes
and    the machine sleeps
and    10 s pass
then   connected to cafe within 10 min
when   cafe leaves
and    1 min passes
and    the machine sleeps
and    1 min passes
and    club returns
then   connected to club within 10 min
when   the radio is blocked
and    1 min passes
and    the radio is unblocked
and    10 s pass
then   connected to club within 10 min
when   club vanishes
and    10 s pass
and    the radio is blocked
and    30 s pass
and    the radio is unblocked
and    30 s pass
and    home returns
then   connected to home within 10 min
when   1 min passes
