With iwd: a thousand edits of a network's file, by iwd and by macveil at the same time, and every setting survives

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    macveil reads the system's configuration
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
# All but the first line belong to other programs.
and    a network "Home": wpa2 "correct horse battery", with "AutoConnect=true", with "Hidden=false", with "SendHostname=true", with "[Network]", with "MulticastDNS=false", with "[Other]", with "Colour=blue", with "Empty="
and    a network "Office": wpa2 "battery staple", with "AutoConnect=false", with "[Other]", with "Colour=red"
and    a network "Cafe": open, with "[Other]", with "Colour=green"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   3 s pass
and    macveil rewrites the file of "Home" 330 times while iwd does 700 times
then   nothing was lost in at least 1000 edits
and    still connected to home for 1 s
and    home saw one address
when   home kicks the station
and    1 s passes
then   connected to home within 20 s
and    home saw 2 addresses
