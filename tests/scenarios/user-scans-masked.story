The user scans with wpa_cli and with iw while nothing is in range

given  a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
when   20 s pass
and    the user scans
and    10 s pass
and    the user scans with iw
and    10 s pass
then   a scan under fresh addresses within 120 s
