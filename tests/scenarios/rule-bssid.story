A rule for one access point: its address meets no other of that name, nor one that comes later

given  any masking method
and    an access point desk: ssid "Office", channel 6, wpa2 "correct horse battery"
and    an access point hall: ssid "Office", channel 11, wpa2 "correct horse battery", power 10 dBm, with "ieee80211n=1", with "wmm_enabled=1"
and    an access point door: ssid "Office", channel 1, wpa2 "correct horse battery", off at first, power 10 dBm, with "ieee80211n=1", with "wmm_enabled=1"
and    a network "Office": wpa2 "correct horse battery"
and    macveil has a network rule: "bssid = \"02:00:00:00:01:00\"", "cloned-mac-address = \"06:00:00:00:00:01\""
and    macveil and wpa_supplicant are running
then   connected to desk within 10 s
when   door returns
and    the judge looks away
and    the user scans
and    10 s pass
and    the judge looks again
then   still connected to desk for 5 s
and    06:00:00:00:00:01 was shown only to desk
when   the user roams to hall
then   connected to desk within 10 s
and    at most 4 frames of 06:00:00:00:00:01 went to hall
when   door leaves
and    desk leaves
then   connected to hall within 30 s
and    desk and hall saw different addresses
when   desk returns
and    hall leaves
then   connected to desk within 30 s
and    at most 4 frames of 06:00:00:00:00:01 went to hall
