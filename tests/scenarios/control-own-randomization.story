Without macveil: the addresses of wpa_supplicant's own randomization are linked

given  wpa_supplicant's settings have "preassoc_mac_addr=1"
and    wpa_supplicant's settings have "rand_addr_lifetime=1"
and    a network "Home": wpa2 "correct horse battery"
and    wpa_supplicant is running
when   5 min pass
then   the judge finds "mask addresses linked by sequence number", "WPS or P2P element in a probe request"
and    the judge finds "probe request of more than minimal content"
