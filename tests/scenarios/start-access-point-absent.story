Start with no access point there; it comes later

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   not connected for 60 s
when   home returns
then   connected to home within 60 s
