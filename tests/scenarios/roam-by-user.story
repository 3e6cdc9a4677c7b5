Two access points of one network: roaming keeps the address

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery"
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to upstairs within 10 s
when   downstairs returns
and    the judge looks away
and    the user scans
and    20 s pass
and    the judge looks again
and    the user roams to downstairs
then   connected to downstairs within 5 s
and    upstairs, downstairs saw one address
