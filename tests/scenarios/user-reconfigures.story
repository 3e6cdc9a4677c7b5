The user reconfigures wpa_supplicant

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user reconfigures
and    2 s pass
then   connected to home within 20 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 10 s
and    home saw one address
