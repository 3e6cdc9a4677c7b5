Two access points of one network: the signal gets weak, and another one is taken without a probe request

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery"
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", off at first
and    an access point impostor: ssid "Home", channel 6, open, off at first
and    a network "Home": wpa2 "correct horse battery", with "bgscan=\"simple:5:-40:60\""
and    macveil and wpa_supplicant are running
then   connected to upstairs within 10 s
when   15 s pass
and    impostor returns
and    upstairs sends with 0 dBm
and    20 s pass
then   no probe request was sent in that time
and    still connected to upstairs for 1 s
when   downstairs returns
then   connected to downstairs within 45 s
when   5 s pass
then   still connected to downstairs for 5 s
and    upstairs, downstairs saw one address
and    macveil says "scan under the assigned address" 0 times
when   upstairs sends with 20 dBm
and    downstairs sends with 0 dBm
then   connected to upstairs within 30 s
and    upstairs, downstairs saw one address
