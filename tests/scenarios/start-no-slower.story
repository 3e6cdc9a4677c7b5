From start to association macveil costs no time

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
then   connected to home within 20 s
when   wpa_supplicant stops
and    40 s pass
and    macveil and wpa_supplicant start
then   connected to home within 20 s
and    macveil's start is no slower than wpa_supplicant's alone
