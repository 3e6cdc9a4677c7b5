Somebody takes the link down and brings it up: while connected, while masked, and in the midst of a search

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   somebody takes the link down
and    5 s pass
and    somebody brings the link up
then   connected to home within 10 s
when   somebody takes the link down
and    somebody brings the link up
then   connected to home within 10 s
when   home vanishes
and    10 s pass
and    somebody takes the link down
and    20 s pass
then   no probe request was sent in that time
when   somebody brings the link up
and    3 s pass
and    somebody takes the link down
and    50 ms pass
and    somebody brings the link up
and    home returns
then   connected to home within 20 s
and    home saw one address
