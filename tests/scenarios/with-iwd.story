iwd that ignores addresses in its files is not managed; without it, macveil manages the interface

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
when   2 s pass
# Whatever iwd sends is under its own addresses.
and    the judge looks away
and    iwd starts
and    20 s pass
then   macveil says "not managed, unprotected: iwd ignores addresses in its network files"
and    home saw one address
when   macveil stops
and    macveil starts
then   the address stays for 10 s
and    home saw one address
when   iwd stops
and    the judge looks again
# iwd has made an interface of its own, and taken it along.
and    the user runs "busybox sh -c 'iw phy $(busybox ls /sys/class/ieee80211) interface add wlan0 type managed'"
and    wpa_supplicant starts
then   connected to home within 20 s
