The access point asks for a move (802.11v) to one that was heard long ago: no probe request

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery", with "bss_transition=1"
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", power 10 dBm, with "bss_transition=1"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to upstairs within 10 s
when   downstairs vanishes
and    45 s pass
and    upstairs steers the station to downstairs
and    20 s pass
then   no probe request was sent in that time
and    still connected to upstairs for 1 s
