With iwd: an open network whose encrypted half is hidden, through an outage and a kick

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point open: ssid "Cafe", channel 6, open, with "owe_transition_bssid=02:00:00:00:02:00", with "owe_transition_ssid=\"Cafe-OWE\""
and    an access point encrypted: ssid "Cafe-OWE", channel 6, hidden, open, with "wpa=2", with "wpa_key_mgmt=OWE", with "rsn_pairwise=CCMP", with "ieee80211w=2", with "owe_transition_bssid=02:00:00:00:01:00", with "owe_transition_ssid=\"Cafe\""
and    a network "Cafe": open
and    macveil is running
and    iwd is running
then   connected to encrypted within 30 s
and    still connected to encrypted for 5 s
when   encrypted kicks the station
and    1 s passes
then   connected to encrypted within 30 s
when   3 s pass
and    encrypted vanishes
and    20 s pass
and    encrypted returns
then   connected to encrypted within 60 s
and    encrypted saw one address
# iwd asks for a hidden half that the kernel does not know by its name.
and    the judge finds at most 1 of "probe request under an assigned address", "network named under an assigned address"
and    the judge finds at most 20 of "mask address in two scans"
