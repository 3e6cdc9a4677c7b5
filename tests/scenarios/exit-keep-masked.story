macveil stops while masked, with on-exit = "keep": nothing comes to light

given  macveil's device settings have "on-exit = \"keep\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home leaves
and    10 s pass
and    macveil stops
and    60 s pass
