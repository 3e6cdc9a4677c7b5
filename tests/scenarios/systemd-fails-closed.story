With systemd: the configuration is wrong at boot, so nothing is sent

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", policy "permanant"
when   a radio appears
and    the machine boots
and    15 s pass
then   no probe request was sent in that time
and    macveil says "did you mean `permanent`?"
and    macveil says "held down, because there is no valid configuration"
