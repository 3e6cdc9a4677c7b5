The access point refuses the authentication, then accepts it

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   home refuses authentications
and    macveil and wpa_supplicant start
then   not connected for 60 s
and    home saw one address
when   home accepts again
then   connected to home within 90 s
and    home saw one address
