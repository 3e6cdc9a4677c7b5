With iwd: two networks in range, each under its own address, in IPv6 too

given  iwd's General settings have "AddressRandomization=network"
and    an access point office: ssid "Office", channel 1, open
and    an access point cafe: ssid "Caf\xc3\xa9", channel 11, open, off at first
and    a network "Office": open, policy "stable-ssid"
and    a network "Caf\xc3\xa9": open, policy "9a:11:22:33:44:55"
and    macveil is running
and    iwd is running
then   connected to office within 20 s
when   3 s pass
and    cafe returns
and    office leaves
then   connected to cafe within 30 s
when   office returns
and    8 s pass
and    cafe leaves
then   connected to office within 30 s
and    office saw one address
and    cafe saw only 9a:11:22:33:44:55
and    the judge finds at most 3 of "authentication to an absent access point", "probe request under an assigned address", "network named under an assigned address", "probe request naming a network not hidden"
