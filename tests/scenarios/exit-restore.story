macveil stops with on-exit = "restore": all is as it was, though it was killed once

given  macveil's device settings have "on-exit = \"restore\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
when   wpa_supplicant's settings are noted
and    macveil starts
and    home returns
then   connected to home within 30 s
when   home leaves
and    6 s pass
and    macveil is killed
and    1 s passes
and    macveil starts
and    5 s pass
and    the judge looks away
and    macveil stops
then   wpa_supplicant's settings are as noted
and    the interface carries its permanent address
when   home returns
then   connected to home within 30 s
when   home leaves
and    10 s pass
and    home returns
then   connected to home within 60 s
