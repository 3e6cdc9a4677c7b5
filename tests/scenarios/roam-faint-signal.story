Two access points of one network: the signal falls to -80 dBm, and one search finds the other one without a probe request

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery", power 5 dBm
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", power 5 dBm, off at first
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to upstairs within 10 s
when   15 s pass
and    downstairs returns
and    upstairs sends with -30 dBm
# A second search would end after 24 s.
and    20 s pass
then   no probe request was sent in that time
and    connected to downstairs within 1 s
and    upstairs, downstairs saw one address
when   upstairs sends with 5 dBm
and    downstairs sends with -30 dBm
and    15 s pass
then   no probe request was sent in that time
and    connected to upstairs within 1 s
and    upstairs, downstairs saw one address
