AP1, AP1, AP2, AP1, then a scan that uses none of the earlier addresses

given  an access point ap1: ssid "One", channel 1, wpa2 "correct horse battery"
and    an access point ap2: ssid "Two", channel 6, wpa2 "staple of batteries", off at first
and    a network "One": wpa2 "correct horse battery"
and    a network "Two": wpa2 "staple of batteries"
and    macveil and wpa_supplicant are running
then   connected to ap1 within 10 s
when   ap1 leaves
and    5 s pass
and    ap1 returns
then   connected to ap1 within 10 s
when   ap1 leaves
and    ap2 returns
then   connected to ap2 within 30 s
when   ap2 leaves
and    ap1 returns
then   connected to ap1 within 30 s
when   ap1 leaves
then   disconnected within 5 s
and    a scan under fresh addresses within 20 s
and    ap1 saw one address
and    ap1 and ap2 saw different addresses
