The user adds a network at run time

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   not connected for 10 s
when   the user adds a network "Home": wpa2 "correct horse battery"
then   connected to home within 20 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
