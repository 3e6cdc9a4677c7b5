The access point refuses the association, then accepts it

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   home refuses associations
and    macveil and wpa_supplicant start
then   not connected for 60 s
and    home saw one address
when   home accepts again
then   connected to home within 90 s
and    home saw one address
