With iwd: one network vanishes while another one is there, and the other way round, although iwd gave up the first one

given  iwd's General settings have "AddressRandomization=network"
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to cafe within 20 s
when   20 s pass
and    home returns
and    cafe vanishes
then   connected to home within 30 s
when   20 s pass
and    cafe returns
and    home vanishes
then   connected to cafe within 12 s
and    home saw one address
and    the judge finds at most 3 of "probe request under an assigned address", "network named under an assigned address", "probe request naming a network not hidden"
