A wrong configuration changes nothing, a right one takes effect at the next association

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user sets the policy of "Home" to "permanant"
and    macveil reloads
then   macveil says "keeping the old configuration"
and    macveil says "did you mean `permanent`?"
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
when   the user sets the policy of "Home" to "9a:11:22:33:44:55"
and    macveil reloads
then   macveil says "configuration read again"
and    still connected to home for 5 s
and    home saw one address
when   home vanishes
and    5 s pass
and    home returns
then   connected to home within 10 s
and    home saw 2 addresses
