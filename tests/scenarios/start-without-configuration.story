macveil starts with a mistake and has no valid configuration: the card is held down until it has one

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "permanant"
and    macveil and wpa_supplicant are running
then   not connected for 20 s
and    macveil says "held down, because there is no valid configuration" within 2 s
and    macveil says "did you mean `permanent`?"
when   macveil is killed
and    20 s pass
and    the user sets the policy of "Home" to "stable-ssid"
and    macveil starts
then   connected to home within 10 s
and    home saw one address
