An open network whose encrypted half is hidden: its name is sent under a mask only, and it is joined encrypted

given  any masking method
and    an access point open: ssid "Cafe", channel 6, open, with "owe_transition_bssid=02:00:00:00:02:00", with "owe_transition_ssid=\"Cafe-OWE\""
and    an access point encrypted: ssid "Cafe-OWE", channel 6, hidden, open, with "wpa=2", with "wpa_key_mgmt=OWE", with "rsn_pairwise=CCMP", with "ieee80211w=2", with "owe_transition_bssid=02:00:00:00:01:00", with "owe_transition_ssid=\"Cafe\""
and    a network "Cafe": open, with "key_mgmt=OWE", with "ieee80211w=2"
and    macveil and wpa_supplicant are running
then   connected to encrypted within 15 s
and    still connected to encrypted for 5 s
when   encrypted leaves
then   not connected for 10 s
when   encrypted returns
then   connected to encrypted within 30 s
and    encrypted saw one address
