macveil stops with on-exit = "restore": wpa_supplicant scans in the background as before

given  macveil's device settings have "on-exit = \"restore\""
and    wpa_supplicant's settings have "bgscan=\"simple:5:-45:5\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a network "Work": wpa2 "correct horse battery", with "bgscan=\"\""
and    wpa_supplicant is running
when   wpa_supplicant's settings are noted
and    macveil starts
then   connected to home within 30 s
when   20 s pass
then   no probe request was sent in that time
when   the judge looks away
and    macveil stops
then   wpa_supplicant's settings are as noted
