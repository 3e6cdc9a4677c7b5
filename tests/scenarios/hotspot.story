The user selects a hotspot while connected: it starts under an address of its own, and ends again

given  any masking method
and    an access point cafe: ssid "Cafe", channel 6, wpa2 "espresso machine"
and    a network "Cafe": wpa2 "espresso machine"
and    a network "Mine": wpa2 "password of mine", with "mode=2", with "frequency=2462", with "disabled=1"
and    macveil and wpa_supplicant are running
then   connected to cafe within 10 s
when   the user selects "Mine"
and    5 s pass
then   macveil says "a hotspot starts, under" 1 times
when   the user runs "iw dev wlan0 info"
then   the command said "type AP"
and    the address stays for 10 s
when   the user selects "Cafe"
then   connected to cafe within 20 s
when   the user selects "Mine"
and    5 s pass
and    the user runs "iw dev wlan0 info"
then   the command said "type AP"
when   the user selects "Cafe"
then   connected to cafe within 20 s
and    cafe saw one address
