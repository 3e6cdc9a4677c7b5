A network that the user trusts from now on sees the permanent address from the next association on

given  any masking method
and    macveil reads the system's configuration
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user runs "macveil trust Home"
then   the command said "Home: permanent (/etc/macveil/conf.d/90-policy-Home.toml:5)"
and    the command said "from the next association on"
and    still connected to home for 10 s
and    the address stays for 1 s
and    home saw one address
when   home vanishes
and    10 s pass
and    home returns
then   connected to home within 10 s
and    the interface carries its permanent address
and    home saw 2 addresses
