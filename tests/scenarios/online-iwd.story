iwd gets its leases itself: after a move for the right address

given  any masking method
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    iwd's General settings have "AddressRandomization=network"
and    iwd's General settings have "EnableNetworkConfiguration=true"
when   macveil starts
and    iwd starts
then   online at cafe within 30 s
when   home returns
and    cafe vanishes
then   online at home within 60 s
and    the judge finds at most 4 of "probe request under an assigned address", "probe request naming a network not hidden", "network named under an assigned address"
