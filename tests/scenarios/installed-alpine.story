As Alpine's installer leaves it: macveil names the missing control socket and keeps the card silent; with the line, udhcpc is online

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    macveil reads the system's configuration
and    a file "/etc/wpa_supplicant/wpa_supplicant.conf": "network={", "    ssid=\"Home\"", "    psk=\"correct horse battery\"", "}"
when   macveil starts
and    the user starts "macveil events --exec /usr/lib/macveil/hooks.d"
and    the user runs "wpa_supplicant -i wlan0 -B -c/etc/wpa_supplicant/wpa_supplicant.conf"
and    the user starts "udhcpc -b -R -p /var/run/udhcpc.wlan0.pid -i wlan0"
and    15 s pass
then   macveil says "a program that macveil cannot reach connects this interface: give wpa_supplicant a control socket (ctrl_interface=)" 1 times
when   the user runs "sh -c '/lab/macveil status; test $? = 1'"
then   the command said "a program that macveil cannot reach connects this interface: give"
and    the command said "wpa_supplicant a control socket (ctrl_interface=)"
when   the user runs "sh -c '/lab/macveil doctor wlan0; test $? = 1'"
then   the command said "/etc/wpa_supplicant/wpa_supplicant.conf: add the line"
and    the command said "`ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev`"
when   30 s pass
then   no probe request was sent in that time
when   the user runs "pkill wpa_supplicant"
and    the user runs "sed -i '1ictrl_interface=DIR=/run/wpa_supplicant GROUP=netdev' /etc/wpa_supplicant/wpa_supplicant.conf"
and    the user runs "wpa_supplicant -i wlan0 -B -c/etc/wpa_supplicant/wpa_supplicant.conf"
then   online at home within 10 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
and    home gave 1 lease
and    home saw one address
# The first scan of a wpa_supplicant that cannot be reached, under the mask.
and    the judge finds at most 11 of "probe request under an assigned address", "WPS or P2P element in a probe request"
