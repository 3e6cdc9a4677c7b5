The radio is removed and comes back as another one of the same name, wpa_supplicant running or started again

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the radio is removed
and    5 s pass
and    the radio returns
then   connected to home within 20 s
when   the radio is removed
and    wpa_supplicant stops
and    5 s pass
and    the radio returns
and    wpa_supplicant starts
then   connected to home within 20 s
when   home vanishes
and    10 s pass
and    the radio is removed
and    the radio returns
and    10 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
