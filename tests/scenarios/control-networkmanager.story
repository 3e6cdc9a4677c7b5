Without macveil: after a moment as unmanaged, NetworkManager scans under the permanent address

given  an access point cafe: ssid "Cafe", channel 6, open
and    networkmanager's connection settings have "wifi.cloned-mac-address=stable"
when   the judge looks away
and    networkmanager starts
and    10 s pass
and    networkmanager lets go of the interface for a moment
and    the judge looks again
and    20 s pass
then   the judge finds "frame under a permanent address", "probe request of more than minimal content"
