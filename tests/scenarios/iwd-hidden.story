With iwd: a hidden network is named under mask addresses only, and a kick does no harm

given  iwd's General settings have "AddressRandomization=network"
and    an access point secret: ssid "Secret", channel 3, wpa2 "correct horse battery", hidden
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil is running
and    iwd is running
then   connected to secret within 20 s
when   secret kicks the station
and    1 s passes
then   connected to secret within 10 s
when   3 s pass
and    secret vanishes
and    15 s pass
and    secret returns
then   connected to secret within 20 s
and    secret saw one address
and    the judge finds at most 1 of "probe request under an assigned address", "network named under an assigned address"
