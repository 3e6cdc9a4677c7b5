The user selects a network while the card is masked

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user disconnects
and    5 s pass
and    the user selects "Home"
then   connected to home within 20 s
and    still connected to home for 10 s
and    home saw one address
