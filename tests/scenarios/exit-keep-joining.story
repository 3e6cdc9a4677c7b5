macveil stops while joining, with on-exit = "keep": as quiet as after a kill

given  macveil's device settings have "on-exit = \"keep\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "wrong horse battery"
and    a network "Secret": wpa2 "correct horse battery", with "scan_ssid=1"
and    macveil and wpa_supplicant are running
then   macveil says "associating to" within 30 s
when   macveil stops
and    20 s pass
and    macveil starts
and    8 s pass
and    macveil stops
and    20 s pass
and    macveil starts
and    9 s pass
and    home vanishes
and    macveil stops
and    20 s pass
