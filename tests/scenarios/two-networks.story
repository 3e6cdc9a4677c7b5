Two networks in range, each under its own address

given  an access point office: ssid "Office", channel 1, wpa2 "quarterly report"
and    an access point cafe: ssid "Cafe", channel 11, open
and    a network "Office": wpa2 "quarterly report", priority 2, policy "stable-ssid"
and    a network "Cafe": open, priority 1, policy "random"
and    macveil and wpa_supplicant are running
then   connected to office within 10 s
when   office leaves
then   connected to cafe within 20 s
when   office returns
and    10 s pass
and    cafe vanishes
then   connected to office within 20 s
and    office saw one address
and    office and cafe saw different addresses
