wpa_supplicant is stopped and started, then killed and started

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   wpa_supplicant stops
and    10 s pass
and    wpa_supplicant starts
then   connected to home within 20 s
when   wpa_supplicant is killed
and    5 s pass
and    wpa_supplicant starts
then   connected to home within 20 s
and    home saw one address
