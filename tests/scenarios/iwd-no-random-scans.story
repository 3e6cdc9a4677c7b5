With an iwd whose scans show the card's address: macveil requests none under a network's address

given  iwd's General settings have "AddressRandomization=network"
and    iwd's Scan settings have "DisableMacAddressRandomization=true"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 30 s
when   the user runs "busybox sh -c '/lab/macveil doctor --json 2>&1 || true'"
then   the command said "\"iwd-scan-randomization\",\"severity\":\"problem\""
when   3 s pass
and    home vanishes
and    20 s pass
and    home returns
then   connected to home within 120 s
and    home saw one address
# iwd scans in two steps, and no address can be changed in between.
and    the judge finds at most 20 of "mask address in two scans"
# iwd's own, right after the loss.
and    the judge finds at most 4 of "probe request under an assigned address"
and    the judge finds at most 2 of "network named under an assigned address", "probe request naming a network not hidden"
# macveil ends iwd's first scan after the loss, which would show the network's address, and iwd uses older results.
and    the judge finds at most 3 of "authentication to an absent access point"
