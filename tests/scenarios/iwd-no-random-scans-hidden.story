With an iwd whose scans show the card's address and name a hidden network: it searches under masks, and finds the network

given  iwd's General settings have "AddressRandomization=network"
and    iwd's Scan settings have "DisableMacAddressRandomization=true"
and    an access point secret: ssid "Secret", channel 3, wpa2 "correct horse battery", hidden
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil is running
and    iwd is running
then   connected to secret within 30 s
when   3 s pass
and    secret vanishes
and    240 s pass
and    secret returns
then   connected to secret within 30 s
and    secret saw one address
and    the judge finds at most 400 of "mask address in two scans"
# iwd asks for the access point that the kernel has just forgotten, by its name.
and    the judge finds at most 4 of "probe request under an assigned address"
and    the judge finds at most 2 of "network named under an assigned address"
and    the judge finds at most 3 of "authentication to an absent access point"
