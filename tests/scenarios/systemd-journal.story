With systemd: entries of the journal have fields, ids that do not change, and explanations

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   the user runs "busybox mkdir -p /usr/lib/systemd/catalog"
and    the user runs "busybox cp /lab/project/contrib/systemd/catalog/macveil.catalog /usr/lib/systemd/catalog"
and    the user runs "journalctl --update-catalog"
and    the machine boots
and    a radio appears
then   connected to home within 20 s
when   the user runs "journalctl --no-pager -o verbose MESSAGE_ID=2b1dd22e0bcdc07e81e1acbcf7b439b0 _SYSTEMD_UNIT=macveil.service"
then   the command said "MACVEIL_IFACE=wlan0"
and    the command said "MACVEIL_EVENT=connected"
and    the command said "MACVEIL_ADDRESS_KIND=assigned"
and    the command said ":xx:xx:xx:xx:xx"
and    the command said "PRIORITY=6"
when   the user runs "journalctl --no-pager -x MACVEIL_EVENT=connected"
then   the command said "It keeps the assigned address until the association ends."
when   the user runs "macveil pause"
and    the user runs "journalctl --no-pager -o cat MACVEIL_EVENT=paused"
then   the command said "wlan0: paused until resumed"
