Beside iwd: a network that iwd does not know yet gets its own address from the second connection on

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    macveil's connection settings have "cloned-mac-address = \"9a:11:22:33:44:55\""
and    macveil is running
and    iwd is running
when   10 s pass
# The first one is iwd's own.
and    the judge looks away
and    the user runs "busybox sh -c 'iwctl --passphrase \"correct horse battery\" station $(busybox ls /sys/class/net | busybox grep wlan) connect Home'"
and    10 s pass
then   connected to home within 20 s
when   the judge looks again
and    home kicks the station
and    1 s passes
then   connected to home within 20 s
