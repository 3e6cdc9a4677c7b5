macveil stops while connected, with on-exit = "keep": the connection stays

given  macveil's device settings have "on-exit = \"keep\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   macveil stops
then   still connected to home for 10 s
and    home saw one address
