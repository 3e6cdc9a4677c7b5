Twenty outages: back online after each

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home is away 20 times for 5 s to 120 s
then   back online within 5 s after each outage, and 1.5 s after half of them
and    home saw one address
and    macveil uses at most 1000 kB
