Two access points of one network: one vanishes, the other is taken

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery"
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to upstairs within 10 s
when   downstairs returns
and    upstairs vanishes
then   connected to downstairs within 20 s
and    upstairs, downstairs saw one address
