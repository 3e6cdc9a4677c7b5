Another program sets the address, including the permanent one: while connected, while masked, and during a scan

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   another program sets the permanent address
then   connected to home within 20 s
when   another program sets a fresh address
then   connected to home within 20 s
when   home vanishes
and    10 s pass
and    another program sets the permanent address
and    20 s pass
and    another program sets a fresh address
and    3 s pass
and    another program sets the permanent address
and    100 ms pass
and    another program sets the permanent address
and    700 ms pass
and    another program sets the permanent address
and    2 min pass
and    another program sets the permanent address while the link is up
and    5 s pass
and    another program sets a fresh address while the link is up
and    10 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
