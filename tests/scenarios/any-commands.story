An hour in which a user of wpa_supplicant types every kind of command and programs are killed: nothing leaks, and it connects again

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open, off at first
and    wpa_supplicant has a global control socket
and    wpa_supplicant's settings have "update_config=1"
and    a network "Home": wpa2 "correct horse battery", priority 2
and    a network "Cafe": open
and    a network "Secret": wpa2 "correct horse battery", hidden
and    a network "Mine": wpa2 "password of mine", with "mode=2", with "frequency=2462", with "disabled=1"
and    trouble: 3 times "home vanishes", after 2 s to 1 min "home returns", 2 times "home leaves", after 2 s to 1 min "home returns", 3 times "home kicks the station"
and    trouble: 2 times "cafe returns", after 10 s to 2 min "cafe vanishes"
...


= 1
and    trouble: 120 times "a user of wpa_supplicant types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "wpa_supplicant is killed", after 20 ms to 3 s "wpa_supplicant starts"
and    macveil reads the system's configuration
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 20 min, seed 11
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 12
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 13
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s

= 2
and    it is played only when named
and    trouble: 120 times "a user of wpa_supplicant types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "wpa_supplicant is killed", after 20 ms to 3 s "wpa_supplicant starts"
and    macveil reads the system's configuration
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 20 min, seed 21
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 22
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 23
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s

= 3
and    it is played only when named
and    trouble: 120 times "a user of wpa_supplicant types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "wpa_supplicant is killed", after 20 ms to 3 s "wpa_supplicant starts"
and    macveil reads the system's configuration
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   trouble comes for 20 min, seed 31
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 32
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s
when   trouble comes for 20 min, seed 33
and    another program brings the link up
and    wpa_supplicant is killed
and    wpa_supplicant starts
and    the user runs "busybox sh -c '/lab/macveil resume || true'"
then   connected to home within 60 s

= alone
and    trouble: 120 times "a user of wpa_supplicant types a command", 4 times "wpa_supplicant is killed", after 20 ms to 3 s "wpa_supplicant starts"
and    wpa_supplicant is running
then   connected to home within 20 s
when   trouble comes for 20 min, seed 11
then   the judge finds "frame under a permanent address", "probe request of more than minimal content"
