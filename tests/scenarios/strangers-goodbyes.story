A stranger says goodbye in the access point's name, to the station and to everybody, for half a minute

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a stranger on channel 6
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the stranger says goodbye for home 20 times a second for 30 s
then   home saw at most 8 associations in that time
and    connected to home within 60 s
and    still connected to home for 10 s
and    home saw one address
and    macveil uses at most 1000 kB
