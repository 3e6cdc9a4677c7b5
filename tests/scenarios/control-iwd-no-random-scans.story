iwd without macveil, with a driver that cannot randomise scans and a hidden network

given  iwd's General settings have "AddressRandomization=network"
and    iwd's Scan settings have "DisableMacAddressRandomization=true"
and    an access point secret: ssid "Secret", channel 3, wpa2 "correct horse battery", hidden
and    a network "Secret": wpa2 "correct horse battery", hidden
and    iwd is running
then   connected to secret within 30 s
when   secret vanishes
and    20 s pass
and    secret returns
then   connected to secret within 400 s
and    the judge finds "frame under a permanent address", "network named under an assigned address"
