ConnMan's interface is left alone; once ConnMan is gone, it is macveil's

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
when   5 s pass
# Whatever ConnMan sends is under its own addresses.
and    the judge looks away
and    connman starts
then   connected to home within 30 s
and    macveil says "not managed, unprotected: controlled by ConnMan" 1 times
when   the user runs "busybox sh -c '/lab/macveil status || echo it ended with $?'"
then   the command said "not protected. Another program controls it"
and    the command said "NetworkInterfaceBlacklist=wlan0"
and    the command said "it ended with 1"
when   the user runs "busybox sh -c '/lab/macveil doctor wlan0 --json 2>&1 || true'"
then   the command said "\"owner\",\"severity\":\"problem\""
and    the command said "the card is controlled by ConnMan, so macveil does not manage it"
when   macveil stops
and    the user runs "busybox sh -c '/lab/macveil doctor wlan0 --try 2>&1 || echo it ended with $?'"
then   the command said "another program controls it"
and    the command said "it ended with 3"
when   macveil starts
then   macveil says "not managed, unprotected: controlled by ConnMan" 2 times
and    still connected to home for 5 s
and    the address stays for 5 s
when   connman stops
and    1 s passes
and    the judge looks again
then   macveil says "now protected" 2 times
when   wpa_supplicant starts
then   connected to home within 20 s
