With iwd: macveil joins a network again that iwd did not know yet, under its own address

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    macveil's connection settings have "cloned-mac-address = \"9a:11:22:33:44:55\""
and    macveil is running
and    iwd is running
when   10 s pass
# The first connection is iwd's own.
and    the judge looks away
and    the user runs "busybox sh -c 'iwctl --passphrase \"correct horse battery\" station $(busybox ls /sys/class/net | busybox grep wlan) connect Home'"
and    10 s pass
# By now only macveil has requested the second.
then   connected to home within 1 s
and    home saw 2 addresses
when   the user runs "busybox sh -c 'busybox grep -x 9a:11:22:33:44:55 /sys/class/net/wlan*/address'"
and    the judge looks again
then   still connected to home for 3 s
when   home kicks the station
and    1 s passes
then   connected to home within 20 s
and    home saw 2 addresses
