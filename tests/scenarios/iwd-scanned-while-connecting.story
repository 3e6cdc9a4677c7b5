With iwd: another program scans all the time while iwd connects, and a wrong address is never associated

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "9a:11:22:33:44:55"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   3 s pass
and    home vanishes
and    20 s pass
and    another program listens without end
and    home returns
and    10 s pass
and    the other program listens no longer
then   connected to home within 60 s
and    home saw only 9a:11:22:33:44:55
# A scan that iwd began before continues while connected, and cannot be randomized.
and    the judge finds at most 60 of "probe request under an assigned address"
and    the judge finds at most 4 of "network named under an assigned address", "probe request naming a network not hidden"
