stable-security: an imitation without a passphrase meets another address

given  any masking method
and    macveil's connection settings have "stable-security = true"
and    an access point home: ssid "Shared", channel 6, wpa2 "correct horse battery"
and    an access point imitation: ssid "Shared", channel 11, open, off at first
and    a network "Shared": wpa2 "correct horse battery", priority 2
and    a network "Shared": open, priority 1
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   home leaves
and    imitation returns
then   connected to imitation within 30 s
when   imitation leaves
and    home returns
then   connected to home within 30 s
and    home saw one address
and    imitation saw one address
and    home and imitation saw different addresses
