The user disconnects with wpa_cli, and reconnects

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   the user disconnects
then   disconnected within 2 s
and    not connected for 20 s
when   the user reconnects
then   connected to home within 20 s
and    still connected to home for 10 s
and    home saw one address
