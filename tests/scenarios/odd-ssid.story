An SSID with odd bytes

given  an access point odd: ssid "\x00caf\xc3\xa9 \"a\\b\" \x1b[31m\xff\x0a", channel 6, wpa2 "correct horse battery"
and    a network "\x00caf\xc3\xa9 \"a\\b\" \x1b[31m\xff\x0a": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to odd within 10 s
when   odd vanishes
and    10 s pass
and    odd returns
then   connected to odd within 10 s
and    odd saw one address
