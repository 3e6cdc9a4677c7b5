Start with an open access point there

given  an access point cafe: ssid "Cafe", channel 11, open
and    a network "Cafe": open
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
and    still connected to cafe for 10 s
