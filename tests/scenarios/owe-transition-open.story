An open network whose encrypted half is hidden, joined without encryption: no name is sent

given  any masking method
and    an access point open: ssid "Cafe", channel 6, open, with "owe_transition_bssid=02:00:00:00:02:00", with "owe_transition_ssid=\"Cafe-OWE\""
and    an access point encrypted: ssid "Cafe-OWE", channel 6, hidden, open, with "wpa=2", with "wpa_key_mgmt=OWE", with "rsn_pairwise=CCMP", with "ieee80211w=2", with "owe_transition_bssid=02:00:00:00:01:00", with "owe_transition_ssid=\"Cafe\""
and    a network "Cafe": open
and    macveil and wpa_supplicant are running
then   connected to open within 15 s
and    still connected to open for 5 s
