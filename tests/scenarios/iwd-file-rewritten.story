With iwd: a shell writes a network's file again while macveil sets the address in it, and nothing is lost

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
# The file is empty for a moment.
when   the user runs "busybox sh -c '(echo [Security]; sleep 1; echo Passphrase=correct horse battery) > /var/lib/iwd/Home.psk'"
and    2 s pass
and    the user runs "busybox cat /var/lib/iwd/Home.psk"
then   the command said "Passphrase=correct horse battery"
when   home kicks the station
and    5 s pass
then   connected to home within 15 s
and    home saw one address
