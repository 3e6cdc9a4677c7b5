With iwd: a network that is away for so long that iwd has forgotten it is joined at once when it returns

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 3, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 30 s
when   3 s pass
and    home vanishes
and    240 s pass
and    home returns
then   connected to home within 30 s
and    home saw one address
# iwd asks for the access point that the kernel has just forgotten, by its name.
and    the judge finds at most 4 of "probe request under an assigned address"
and    the judge finds at most 4 of "network named under an assigned address", "probe request naming a network not hidden"
