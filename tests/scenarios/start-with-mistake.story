macveil starts with a mistake in its configuration: the last valid one is in force

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user sets the policy of "Home" to "permanant"
and    macveil is killed
and    macveil starts
then   macveil says "the last valid one is in force" within 5 s
and    macveil says "did you mean `permanent`?"
and    still connected to home for 5 s
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
