The access point refuses the authentication, then accepts it

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
# It does not answer the probe requests of those whom it refuses, either.
when   home refuses authentications
and    home kicks the station
and    1 s passes
then   not connected for 60 s
when   home accepts again
then   connected to home within 90 s
and    home saw one address
