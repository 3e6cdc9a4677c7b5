wpa_supplicant is killed while nothing happens: macveil notices within 100 ms

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user disconnects
and    30 s pass
and    the user runs "busybox sh -c '/lab/macveil status || true'"
then   the command said "disconnected by the user"
when   wpa_supplicant is killed
and    90 ms pass
and    the user runs "busybox sh -c '/lab/macveil status || true'"
then   the command said "Masked, waiting for wpa_supplicant"
when   wpa_supplicant starts
then   connected to home within 20 s
and    home saw one address
