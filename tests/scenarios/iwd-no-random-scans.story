Beside iwd on a driver that cannot randomise scans: nothing goes out under the permanent address

given  iwd's General settings have "AddressRandomization=network"
and    iwd's Scan settings have "DisableMacAddressRandomization=true"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 30 s
when   3 s pass
and    home vanishes
and    20 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
# iwd scans in two steps, and no address can be changed in between. Where no mask can be put on a live link,
# which takes kernel 6.7 and "powered", it scans under the last network's address.
and    the judge finds at most 20 of "mask address in two scans"
and    the judge finds at most 60 of "probe request under an assigned address"
and    the judge finds at most 2 of "network named under an assigned address", "probe request naming a network not hidden"
