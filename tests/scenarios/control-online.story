The judge finds what DHCP clients tell of one address under another

given  an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
when   macveil and wpa_supplicant start
then   connected to cafe within 15 s
when   the user starts "udhcpc -f -i wlan0 -r 10.1.0.77 -x hostname:laptop"
then   online at cafe within 10 s
when   home returns
and    cafe vanishes
then   connected to home within 15 s
when   the user starts "udhcpc -f -i wlan0 -r 10.1.0.77 -x hostname:laptop"
then   online at home within 10 s
and    home gave 1 lease
and    the judge finds "identifier of another address", "IP address of another address"
