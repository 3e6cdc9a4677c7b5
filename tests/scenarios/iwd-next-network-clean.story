With iwd: the next network learns nothing of the address that a client got in the last one

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point cafe: ssid "Cafe", channel 11, wpa2 "flat white", subnet 10.1.0.0/24
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24, off at first
and    a network "Cafe": wpa2 "flat white"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to cafe within 20 s
when   the user starts "busybox sh -c 'cd /sys/class/net; exec udhcpc -f -i $(grep -ls 1 wlan*/carrier | cut -d/ -f1)'"
then   online at cafe within 40 s
when   home returns
and    cafe leaves
then   connected to home within 30 s
when   5 s pass
and    the user runs "busybox sh -c 'ip -4 address show | grep -v 127.0.0.1 | grep inet || echo no address'"
then   the command said "no address"
and    home and cafe saw different addresses
and    the judge finds at most 2 of "probe request under an assigned address", "probe request naming a network not hidden", "network named under an assigned address"
