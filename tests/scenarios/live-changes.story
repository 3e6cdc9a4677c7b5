An address is never changed on a link that is up, but by "powered" where the kernel can do it

given  links are traced
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home is away 3 times for 2 s to 8 s
and    the user disconnects
and    5 s pass
and    the user reconnects
then   connected to home within 20 s
when   home vanishes
and    20 s pass
then   addresses changed on live links only where the kernel can
