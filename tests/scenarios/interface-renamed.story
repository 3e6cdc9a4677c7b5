The interface is renamed while it is protected, and as udev does when a card is plugged in

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the interface is renamed to wifi0
and    2 s pass
and    wpa_supplicant stops
and    wpa_supplicant starts
then   connected to home within 20 s
when   home vanishes
and    10 s pass
and    wpa_supplicant stops
and    the interface is renamed to wlan0
and    wpa_supplicant starts
and    home returns
then   connected to home within 20 s
and    home saw 2 addresses
when   the radio is removed
and    wpa_supplicant stops
and    the radio returns
and    the interface is renamed to wifi0
and    wpa_supplicant starts
then   connected to home within 20 s
and    home saw 2 addresses
