iwd without macveil: an address that an observer can compute, and minutes until it is back

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, open
and    an access point cafe: ssid "Caf\xc3\xa9", channel 11, open, off at first
and    a network "Home": open
and    a network "Caf\xc3\xa9": open
and    iwd is running
then   connected to home within 30 s
when   home vanishes
and    cafe returns
then   connected to cafe within 60 s
when   cafe vanishes
and    100 s pass
and    cafe returns
then   connected to cafe within 400 s
and    back online within 400 s after each outage
and    home and cafe saw different addresses
and    the judge finds "address that follows from the permanent one", "IPv6 address of another address"
