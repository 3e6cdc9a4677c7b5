The passphrase is wrong

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "wrong horse battery"
and    macveil and wpa_supplicant are running
then   not connected for 70 s
and    home saw one address
