An hour in which a user of iwd types every kind of command and programs are killed: nothing leaks, and it connects again

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    an access point cafe: ssid "Cafe", channel 11, open, off at first
and    a network "Home": wpa2 "correct horse battery"
and    a network "Cafe": open
and    a network "Secret": wpa2 "correct horse battery", hidden
and    trouble: 3 times "home vanishes", after 2 s to 1 min "home returns", 2 times "home leaves", after 2 s to 1 min "home returns", 3 times "home kicks the station"
and    trouble: 2 times "cafe returns", after 10 s to 2 min "cafe vanishes"
...


= 1
and    trouble: 120 times "a user of iwd types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "iwd is killed", after 20 ms to 3 s "iwd starts"
and    macveil reads the system's configuration
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   trouble comes for 20 min, seed 11
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 12
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 13
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
# iwd looks for an access point that has gone, by its name.
then   the judge finds at most 40 of "probe request naming a network not hidden", "probe request under an assigned address", "network named under an assigned address"
# The first connection to a network that the user had it forget.
and    the judge finds at most 60 of "address that follows from the permanent one"

= 2
and    it is played only when named
and    trouble: 120 times "a user of iwd types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "iwd is killed", after 20 ms to 3 s "iwd starts"
and    macveil reads the system's configuration
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   trouble comes for 20 min, seed 21
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 22
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 23
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
# iwd looks for an access point that has gone, by its name.
then   the judge finds at most 40 of "probe request naming a network not hidden", "probe request under an assigned address", "network named under an assigned address"
# The first connection to a network that the user had it forget.
and    the judge finds at most 60 of "address that follows from the permanent one"

= 3
and    it is played only when named
and    trouble: 120 times "a user of iwd types a command", 6 times "macveil is killed", after 20 ms to 3 s "macveil starts", 4 times "iwd is killed", after 20 ms to 3 s "iwd starts"
and    macveil reads the system's configuration
and    macveil is running
and    iwd is running
then   connected to home within 20 s
when   trouble comes for 20 min, seed 31
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 32
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
when   trouble comes for 20 min, seed 33
and    iwd is killed
and    the radio is unblocked
and    the user runs "busybox sh -c 'printf \"[Security]\\nPassphrase=correct horse battery\\n\" > /var/lib/iwd/Home.psk'"
and    iwd starts
then   connected to home within 60 s
# iwd looks for an access point that has gone, by its name.
then   the judge finds at most 40 of "probe request naming a network not hidden", "probe request under an assigned address", "network named under an assigned address"
# The first connection to a network that the user had it forget.
and    the judge finds at most 60 of "address that follows from the permanent one"

= alone
and    trouble: 120 times "a user of iwd types a command", 4 times "iwd is killed", after 20 ms to 3 s "iwd starts"
and    iwd is running
then   connected to home within 30 s
when   trouble comes for 20 min, seed 11
then   the judge finds "address that follows from the permanent one"
