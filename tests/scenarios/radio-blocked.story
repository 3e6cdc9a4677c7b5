The radio is switched off by software and on again (rfkill): while connected, and while masked

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the radio is blocked
and    30 s pass
and    the radio is unblocked
then   connected to home within 20 s
when   home vanishes
and    10 s pass
and    the radio is blocked
and    30 s pass
then   no probe request was sent in that time
when   home returns
and    the radio is unblocked
then   connected to home within 20 s
when   the radio is blocked
and    wpa_supplicant is killed
and    macveil is killed
and    macveil starts
and    wpa_supplicant starts
and    10 s pass
and    the radio is unblocked
then   connected to home within 20 s
and    home saw one address
