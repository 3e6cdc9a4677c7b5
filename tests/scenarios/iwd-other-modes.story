With iwd: an access point and an ad-hoc network, also of an interface that iwd has just made, are under no address that others know

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
# The address of Home was on the card.
when   the user runs "busybox sh -c 'iwctl device $(busybox ls /sys/class/net | busybox grep wlan) set-property Mode ap'"
and    the user runs "busybox sh -c 'until iwctl ap $(busybox ls /sys/class/net | busybox grep wlan) start Mine passwordofmine; do busybox usleep 50000; done'"
and    5 s pass
and    the user runs "busybox sh -c 'iw dev $(busybox ls /sys/class/net | busybox grep wlan) info'"
then   the command said "type AP"
when   the user runs "busybox sh -c 'iwctl device $(busybox ls /sys/class/net | busybox grep wlan) set-property Mode station'"
then   connected to home within 30 s
when   iwd stops
and    2 s pass
and    iwd starts
# As soon as the new interface is there.
and    the user runs "busybox sh -c 'until iwctl device $(busybox ls /sys/class/net | busybox grep wlan) set-property Mode ad-hoc; do busybox usleep 1000; done'"
and    the user runs "busybox sh -c 'until iwctl ad-hoc $(busybox ls /sys/class/net | busybox grep wlan) start_open Direct; do busybox usleep 50000; done'"
and    5 s pass
and    the user runs "busybox sh -c 'iw dev $(busybox ls /sys/class/net | busybox grep wlan) info'"
then   the command said "type IBSS"
when   the user runs "busybox sh -c 'iwctl device $(busybox ls /sys/class/net | busybox grep wlan) set-property Mode station'"
then   connected to home within 30 s
and    home saw one address
# An ad-hoc network is looked for by its name.
and    the judge finds at most 100 of "probe request naming a network not hidden"
