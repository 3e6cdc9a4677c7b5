A network with the policy "permanent" sees the permanent address, no other network does

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "permanent"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home vanishes
and    20 s pass
and    home returns
then   connected to home within 10 s
and    home saw the permanent address
