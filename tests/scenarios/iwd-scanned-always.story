With iwd: another program scans all the time, from before iwd's start on, and a wrong address is never associated

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "9a:11:22:33:44:55"
and    macveil is running
and    iwd is running
when   another program listens without end
and    8 s pass
and    home kicks the station
and    8 s pass
and    the other program listens no longer
then   connected to home within 60 s
and    home saw only 9a:11:22:33:44:55
