Background scans and a hidden network: none is sent while macveil runs, and all is as it was afterwards

given  macveil's device settings have "on-exit = \"restore\""
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery", with "bgscan=\"simple:5:-45:5\""
and    a network "Secret": wpa2 "correct horse battery", hidden
and    wpa_supplicant is running
when   wpa_supplicant's settings are noted
and    macveil starts
and    home returns
then   connected to home within 30 s
when   20 s pass
and    30 s pass
then   no probe request was sent in that time
when   macveil is killed
and    30 s pass
then   no probe request was sent in that time
when   macveil starts
and    30 s pass
then   no probe request was sent in that time
and    macveil says "scan under the assigned address" 0 times
when   home leaves
and    45 s pass
and    the judge looks away
and    macveil stops
then   wpa_supplicant's settings are as noted
when   20 s pass
then   not connected for 1 s
