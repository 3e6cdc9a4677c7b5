Networks are known by their security, their BSSID and wpa_supplicant's id_str

given  any masking method
and    an access point cafe: ssid "Cafe", channel 1, open
and    an access point flat: ssid "Flat", channel 6, wpa2 "correct horse battery", off at first
and    an access point office: ssid "Office", channel 11, wpa3 "quarterly report", off at first
and    a network "Cafe": open
and    a network "Flat": wpa2 "correct horse battery", with "id_str=\"my flat\""
and    a network "Office": wpa3 "quarterly report"
and    macveil has a network rule: "security = [\"open\", \"owe\"]", "cloned-mac-address = \"06:00:00:00:00:01\""
and    macveil has a network rule: "id-str = \"my flat\"", "cloned-mac-address = \"06:00:00:00:00:02\""
and    macveil has a network rule: "bssid = \"02:00:00:00:03:00\"", "cloned-mac-address = \"06:00:00:00:00:03\""
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
and    cafe saw only 06:00:00:00:00:01
when   cafe leaves
and    flat returns
then   connected to flat within 30 s
and    flat saw only 06:00:00:00:00:02
when   macveil is killed
and    macveil starts
then   still connected to flat for 10 s
when   flat leaves
and    office returns
then   connected to office within 30 s
and    office saw only 06:00:00:00:00:03
