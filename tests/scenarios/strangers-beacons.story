A stranger sends beacons in the access point's name that say something else than its own

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    a stranger on channel 6
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the stranger forges beacons of home for 30 s
then   connected to home within 60 s
and    still connected to home for 10 s
and    home saw one address
