The card answers a stranger's action frames under no other address, after all that starts its P2P device again

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a stranger on channel 6
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the radio is blocked
and    2 s pass
and    the radio is unblocked
then   connected to home within 10 s
when   the stranger sends action frames for home for 5 s
then   connected to home within 10 s
when   wpa_supplicant is killed
and    wpa_supplicant starts
then   connected to home within 10 s
when   the stranger sends action frames for home for 5 s
then   connected to home within 10 s
when   macveil stops
and    macveil starts
then   connected to home within 10 s
when   the stranger sends action frames for home for 5 s
then   connected to home within 10 s
when   the user runs "wpa_cli -p /run/wpa_supplicant -i wlan0 resume"
and    1 s passes
and    the stranger sends action frames for home for 5 s
then   connected to home within 10 s
when   the user disconnects
and    1 s passes
and    the radio is blocked
and    1 s passes
and    the radio is unblocked
and    1 s passes
and    the stranger sends action frames for home for 5 s
and    the user reconnects
then   connected to home within 10 s
when   home vanishes
and    the stranger sends action frames for home for 10 s
and    home returns
then   connected to home within 10 s
and    home saw one address
and    macveil says "P2P device" 0 times
