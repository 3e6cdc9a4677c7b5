The access point asks for measurements (802.11k) and for another choice (802.11v): no probe request

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", with "rrm_beacon_report=1", with "bss_transition=1"
and    a network "Home": wpa2 "correct horse battery"
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   10 s pass
and    home asks the station to measure "victim"
and    5 s pass
then   still connected to home for 1 s
when   home asks the station to measure ""
and    5 s pass
then   still connected to home for 1 s
when   home steers the station
and    20 s pass
then   still connected to home for 1 s
and    home saw one address
