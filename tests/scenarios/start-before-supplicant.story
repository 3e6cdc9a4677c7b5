macveil waits for a control directory that does not exist yet

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
when   20 s pass
then   macveil says "/run/wpa_supplicant"
when   wpa_supplicant starts
then   connected to home within 10 s
