Without macveil: ConnMan scans and connects under the permanent address

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   connman starts
then   connected to home within 30 s
and    home saw the permanent address
and    the judge finds "frame under a permanent address"
