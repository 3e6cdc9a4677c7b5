Twenty outages of 5 s to 120 s, evenly spread by ratio, by turns with and without a goodbye

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 min
when   home is away 20 times for 5 s to 120 s
