iwd without macveil, while another program scans all the time: it joins under any address the card has, the permanent one at first

given  iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    iwd is running
when   another program listens without end
and    8 s pass
and    home kicks the station
and    8 s pass
and    the other program listens no longer
then   connected to home within 400 s
and    the judge finds "frame under a permanent address"
