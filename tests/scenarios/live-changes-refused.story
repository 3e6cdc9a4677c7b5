On an old kernel no address is changed on a link that is up, even if "powered" is asked for

given  any masking method
and    the masking method powered
and    links are traced
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home is away 3 times for 2 s to 8 s
then   macveil says "using bounce"
and    addresses changed on live links only where the kernel can
