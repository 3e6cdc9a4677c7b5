Without macveil: the judge finds the names that wpa_supplicant calls

given  an access point secret: ssid "Secret", channel 3, wpa2 "correct horse battery", hidden
and    a network "Secret": wpa2 "correct horse battery", with "scan_ssid=1"
and    the interface has the address 9a:11:22:33:44:55
and    wpa_supplicant is running
then   connected to secret within 20 s
when   secret vanishes
and    20 s pass
then   the judge finds "probe request naming a network not hidden", "probe request under an assigned address"
and    the judge finds "network named under an assigned address"
