Attackers fill the air with hostile names, broken elements and unsolicited responses

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a stranger on channel 6
and    a stranger on channel 1
when   the stranger sends nonsense
and    macveil and wpa_supplicant start
then   connected to home within 10 s
and    still connected to home for 5 s
when   home vanishes
and    15 s pass
and    home returns
then   connected to home within 10 s
and    back online within 5 s after each outage
and    still connected to home for 5 s
and    macveil uses at most 1000 kB
and    macveil's log is clean
and    home saw one address
