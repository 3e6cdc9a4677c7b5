The access point vanishes between the scan and the association

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", off at first
and    a network "Home": wpa2 "correct horse battery", policy "9a:11:22:33:44:55"
and    macveil and wpa_supplicant are running
when   home returns
and    home vanishes once the interface carries 9a:11:22:33:44:55
then   not connected for 20 s
and    a scan under fresh addresses within 60 s
when   home returns
then   connected to home within 60 s
and    home saw only 9a:11:22:33:44:55
