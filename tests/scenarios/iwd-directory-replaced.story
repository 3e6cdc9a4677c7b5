With iwd: its directory is removed and made again, and home sees no other address

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   3 s pass
and    the user runs "busybox sh -c 'cd /var/lib && cp -a iwd iwd.new && sed -i /Address/d iwd.new/Home.psk && rm -rf iwd/* && sleep 1 && rm -rf iwd && mv iwd.new iwd'"
and    home kicks the station
and    5 s pass
and    iwd is killed
and    iwd starts
and    1 s passes
then   not connected for 20 s
when   the user runs "busybox sh -c '/lab/macveil status --json || true'"
then   home saw one address
and    macveil says "if it was made again, restart macveil, then iwd"
and    the command said "restart macveil, then iwd"
when   macveil is killed
and    macveil starts
and    iwd is killed
and    iwd starts
then   connected to home within 20 s
and    home saw one address
