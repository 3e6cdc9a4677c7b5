The access point goes for 120 s and comes back: with a goodbye, then without a word

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home leaves
and    120 s pass
and    home returns
then   connected to home within 10 s
when   3 s pass
and    home vanishes
and    120 s pass
and    home returns
then   connected to home within 10 s
and    back online within 5 s after each outage
and    home saw one address
