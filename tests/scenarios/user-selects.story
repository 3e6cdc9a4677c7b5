The user selects the other network with wpa_cli

given  an access point office: ssid "Office", channel 1, wpa2 "quarterly report"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Office": wpa2 "quarterly report", priority 2
and    a network "Cafe": open, priority 1
and    macveil and wpa_supplicant are running
then   connected to office within 10 s
when   the user selects "Cafe"
then   connected to cafe within 20 s
and    still connected to cafe for 10 s
and    office and cafe saw different addresses
