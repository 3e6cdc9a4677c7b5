Without the source guard, the judge finds the frames of a program that reads each address once

given  an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   another program sends frames under every address that it has read
and    macveil starts
and    wpa_supplicant starts
then   connected to home within 15 s
when   macveil is killed
and    another program removes the source guard
and    5 s pass
then   the judge finds "frame under a permanent address", "data frame under a mask address"
