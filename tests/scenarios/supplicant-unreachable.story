A wpa_supplicant without a control socket connects, then iw: the card is silent, and the status says why

given  any masking method
and    an access point cafe: ssid "Cafe", channel 6, open
and    a network "Cafe": open
and    a file "/tmp/none.conf": "network={", "ssid=\"Cafe\"", "key_mgmt=NONE", "}"
and    a file "/tmp/elsewhere.conf": "ctrl_interface=/run/elsewhere", "network={", "ssid=\"Cafe\"", "key_mgmt=NONE", "}"
and    macveil is running
when   2 s pass
# Its first scan is its own.
and    the judge looks away
and    the user runs "wpa_supplicant -B -D nl80211 -i wlan0 -c /tmp/none.conf -P /tmp/none.pid"
and    20 s pass
and    the judge looks again
then   macveil says "a program that macveil cannot reach" 1 times
when   60 s pass
then   no probe request was sent in that time
when   the user runs "busybox sh -c '/lab/macveil status; test $? = 1'"
then   the command said "silent"
when   the user runs "busybox sh -c 'kill $(cat /tmp/none.pid)'"
and    macveil stops
and    macveil starts
and    2 s pass
# Its first scan is its own.
and    the judge looks away
and    the user runs "wpa_supplicant -B -D nl80211 -i wlan0 -c /tmp/elsewhere.conf -P /tmp/elsewhere.pid"
and    20 s pass
and    the judge looks again
then   macveil says "a program that macveil cannot reach" 2 times
when   60 s pass
then   no probe request was sent in that time
when   the user runs "busybox sh -c 'kill $(cat /tmp/elsewhere.pid)'"
and    wpa_supplicant starts
then   connected to cafe within 20 s
when   wpa_supplicant stops
and    the user runs "ip link set wlan0 up"
and    2 s pass
and    the user runs "iw dev wlan0 connect Cafe 2437"
and    2 s pass
then   macveil says "a program that macveil cannot reach" 3 times
when   wpa_supplicant starts
then   connected to cafe within 20 s
