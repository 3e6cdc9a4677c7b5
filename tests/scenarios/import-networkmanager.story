Every network sees again the address that it knew from NetworkManager

given  any masking method
and    macveil reads the system's configuration
and    an access point home: ssid "Home", channel 1, wpa2 "correct horse battery"
and    an access point work: ssid "Caf\xc3\xa9; \\n", channel 6, open
and    an access point cafe: ssid "Cafe", channel 6, open
and    an access point hotel: ssid "Hotel", channel 11, open
and    networkmanager's connection settings have "wifi.cloned-mac-address=stable"
and    a networkmanager profile "Home": wpa2 "correct horse battery", priority 1
and    a networkmanager profile "Caf\xc3\xa9; \\n": open, with "connection.stable-id=${CONNECTION}/${BOOT}/${DEVICE}/${MAC}$$x"
# To NetworkManager 1.42 this is not a pattern, but a text like any other.
and    a networkmanager profile "Cafe": open, with "connection.stable-id=${NETWORK_SSID}"
and    a networkmanager profile "Hotel": open, with "wifi.generate-mac-address-mask=FE:FF:FF:00:00:00 68:F7:28:00:00:00"
when   the judge looks away
and    networkmanager starts
and    networkmanager connects "Home"
and    networkmanager connects "Caf\xc3\xa9; \\n"
and    networkmanager connects "Cafe"
and    networkmanager connects "Hotel"
and    networkmanager stops
and    the user runs "macveil import networkmanager"
then   the command said "/var/lib/NetworkManager/secret_key copied to /var/lib/macveil/secret_key"
when   the user runs "macveil check"
then   the command said "good: /etc/macveil/conf.d/50-networkmanager.toml"
when   macveil starts
and    the judge looks again
and    wpa_supplicant starts
then   connected to home within 20 s
when   the user selects "Caf\xc3\xa9; \\n"
then   connected to work within 20 s
when   the user selects "Cafe"
then   connected to cafe within 20 s
when   the user selects "Hotel"
then   connected to hotel within 20 s
and    home, work, cafe and hotel saw the same addresses as before
and    home, work, cafe and hotel saw different addresses
