The machine sleeps and wakes up: while connected, and while nothing is in range

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the machine sleeps
then   connected to home within 10 s
and    macveil says "the machine was asleep"
when   home vanishes
and    5 min pass
and    the machine sleeps
then   macveil says "the machine was asleep" 2 times
when   home returns
then   connected to home within 6 s
and    home saw one address
