Without macveil: bgscan looks for other access points with probe requests that show the address

given  an access point upstairs: ssid "Home", channel 1, wpa2 "correct horse battery"
and    an access point downstairs: ssid "Home", channel 11, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery", with "bgscan=\"simple:5:-40:60\""
and    wpa_supplicant is running
then   connected to upstairs within 20 s
when   15 s pass
and    upstairs sends with 0 dBm
and    20 s pass
and    downstairs returns
and    45 s pass
then   the judge finds "frame under a permanent address"
