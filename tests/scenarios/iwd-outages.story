With iwd: back within seconds after eight outages of 5 to 120 s

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   3 s pass
and    home is away 8 times for 5 s to 120 s
then   back online within 10 s after each outage, and 3 s after half of them
and    home saw one address
# Of Linux before 6.7; on later ones, none.
and    the judge finds at most 6 of "probe request under an assigned address", "network named under an assigned address"
and    the judge finds at most 8 of "probe request naming a network not hidden"
