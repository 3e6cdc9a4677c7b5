A hotspot that has an address of its own in the configuration has it at each start, and no network sees it

given  macveil's device settings have "hotspot = \"02:12:34:56:78:9a\""
and    an access point cafe: ssid "Cafe", channel 6, wpa2 "espresso machine"
and    a network "Cafe": wpa2 "espresso machine"
and    a network "Mine": wpa2 "password of mine", with "mode=2", with "frequency=2462", with "disabled=1"
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
when   the user selects "Mine"
and    5 s pass
and    the user runs "iw dev wlan0 info"
then   the command said "type AP"
and    the command said "addr 02:12:34:56:78:9a"
when   the user selects "Cafe"
then   connected to cafe within 20 s
when   the user selects "Mine"
and    5 s pass
and    the user runs "iw dev wlan0 info"
then   the command said "addr 02:12:34:56:78:9a"
when   the user selects "Cafe"
then   connected to cafe within 20 s
and    cafe saw one address
