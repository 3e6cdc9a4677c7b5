Two networks of one name that differ in their id_str: the one whose address is in place is joined

given  any masking method
and    an access point cafe: ssid "Cafe", channel 6, wpa2 "correct horse battery"
and    a network "Cafe": wpa2 "correct horse battery", with "id_str=\"guests\""
and    a network "Cafe": wpa2 "correct horse battery", with "id_str=\"trusted\""
and    macveil has a network rule: "id-str = \"guests\"", "cloned-mac-address = \"06:00:00:00:00:01\""
and    macveil has a network rule: "id-str = \"trusted\"", "cloned-mac-address = \"06:00:00:00:00:02\""
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
and    cafe saw only 06:00:00:00:00:01
