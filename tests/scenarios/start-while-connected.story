macveil starts while the station is connected under the right address

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "9a:11:22:33:44:55"
and    the interface has the address 9a:11:22:33:44:55
and    wpa_supplicant is running
then   connected to home within 20 s
when   numbered datagrams flow to home
and    2 s pass
and    macveil starts
and    5 s pass
then   every datagram arrived
and    still connected to home for 10 s
when   home vanishes
and    20 s pass
and    home returns
then   connected to home within 10 s
and    home saw only 9a:11:22:33:44:55
