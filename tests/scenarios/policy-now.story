A policy that is to hold at once: the network is joined again within seconds

given  macveil reads the system's configuration
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "macveil policy Home 9a:11:22:33:44:55 --now"
then   the command said "wlan0: reconnecting to Home now"
when   1 s passes
then   connected to home within 5 s
and    home saw 2 addresses
when   the user runs "macveil trust Home --now"
and    1 s passes
then   connected to home within 5 s
and    the interface carries its permanent address
and    home saw 3 addresses
when   the user runs "macveil policy Home --unset --now"
and    1 s passes
then   connected to home within 5 s
and    home saw 3 addresses
when   the user runs "macveil policy"
then   the command said "every network: stable-ssid"
