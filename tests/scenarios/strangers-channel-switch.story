A stranger announces a channel switch in the access point's name, and the station follows to a channel without any

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    a stranger on channel 6
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the stranger announces a move of home to channel 1
then   connected to home within 20 s
when   10 s pass
and    the stranger announces a move of home to channel 14
then   connected to home within 20 s
when   10 s pass
and    the stranger announces a move of home to channel 200
then   connected to home within 20 s
and    still connected to home for 15 s
and    home saw one address
