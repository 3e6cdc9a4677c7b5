Start with a hidden network there: named under mask addresses only

given  an access point secret: ssid "Secret", channel 3, wpa2 "correct horse battery", hidden
and    a network "Secret": wpa2 "correct horse battery", hidden
and    macveil and wpa_supplicant are running
then   connected to secret within 10 s
when   secret vanishes
and    15 s pass
and    secret returns
then   connected to secret within 20 s
and    secret saw one address
