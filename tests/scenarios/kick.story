The access point kicks the station

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home kicks the station
and    1 s passes
then   connected to home within 10 s
when   10 s pass
and    home kicks the station
and    1 s passes
then   connected to home within 10 s
and    home saw one address
