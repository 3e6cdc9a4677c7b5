NetworkManager's interface is left alone; once NetworkManager lets go of it, it is macveil's

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a networkmanager profile "Home": wpa2 "correct horse battery"
and    macveil is running
when   5 s pass
# Whatever NetworkManager sends is under its own addresses.
and    the judge looks away
and    networkmanager starts
then   macveil says "not managed, unprotected: controlled by NetworkManager" 1 times
when   networkmanager connects "Home"
then   still connected to home for 5 s
when   the user runs "busybox sh -c '/lab/macveil doctor wlan0 --json 2>&1 || true'"
then   the command said "\"owner\",\"severity\":\"problem\""
and    the command said "the card is controlled by NetworkManager, so macveil does not manage it"
when   macveil stops
and    the user runs "busybox sh -c '/lab/macveil doctor wlan0 --try 2>&1 || echo it ended with $?'"
then   the command said "another program controls it"
and    the command said "it ended with 3"
when   macveil starts
then   macveil says "not managed, unprotected: controlled by NetworkManager" 2 times
and    still connected to home for 5 s
when   networkmanager lets go of the interface
and    1 s passes
and    the judge looks again
then   macveil says "now protected" 2 times
when   wpa_supplicant starts
then   connected to home within 20 s
when   wpa_supplicant stops
and    10 s pass
and    the judge looks away
and    networkmanager takes the interface
and    5 s pass
then   macveil says "not managed, unprotected: controlled by NetworkManager" 3 times
when   networkmanager connects "Home"
then   still connected to home for 5 s
and    macveil says "now protected" 2 times
