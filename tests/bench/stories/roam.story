Between two access points of one network: the signal of the one that is in use gets weak, four times

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery", power 5 dBm
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", power 5 dBm, off at first
and    a network "Home": wpa2 "correct horse battery", with "bgscan=\"simple:30:-70:300\""
and    iwd's General settings have "RoamThreshold=-70"
and    macveil and wpa_supplicant are running
then   connected to upstairs within 2 min
when   30 s pass
and    downstairs returns
and    30 s pass
and    upstairs sends with -30 dBm
and    2 min pass
and    upstairs sends with 5 dBm
and    downstairs sends with -30 dBm
and    2 min pass
and    downstairs sends with 5 dBm
and    upstairs sends with -30 dBm
and    2 min pass
and    upstairs sends with 5 dBm
and    downstairs sends with -30 dBm
and    2 min pass
