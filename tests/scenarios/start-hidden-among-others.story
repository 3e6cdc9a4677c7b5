A hidden network is named, the other one is not

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery", priority 1
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil and wpa_supplicant are running
then   not connected for 20 s
when   home returns
then   connected to home within 30 s
