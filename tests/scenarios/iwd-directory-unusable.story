With iwd: while its directory cannot be used nothing is joined, and then it is joined again without a restart

given  any masking method
and    iwd's General settings have "AddressRandomization=network"
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil is running
and    iwd is running
then   connected to home within 20 s
# Another mode.
when   the user runs "busybox chmod 0 /var/lib/iwd"
and    home kicks the station
and    1 s passes
then   not connected for 8 s
when   the user runs "busybox sh -c '/lab/macveil status --json || true'"
then   the command said "cannot list iwd's /var/lib/iwd: Permission denied"
when   the user runs "busybox chmod 700 /var/lib/iwd"
then   connected to home within 20 s
# It is away for a while.
when   the user runs "busybox mv /var/lib/iwd /var/lib/iwd.old"
and    home kicks the station
and    1 s passes
then   not connected for 8 s
when   the user runs "busybox sh -c '/lab/macveil status --json || true'"
then   the command said "cannot list iwd's /var/lib/iwd: No such file or directory"
when   the user runs "busybox mv /var/lib/iwd.old /var/lib/iwd"
then   connected to home within 20 s
# A link to another one, in which no address can be written.
when   the user runs "busybox sh -c 'cd /var/lib && mv iwd iwd.old && mkdir iwd.new && sed /Address/d iwd.old/Home.psk > iwd.new/Home.psk && ln -s iwd.new iwd'"
and    iwd is killed
and    iwd starts
and    1 s passes
then   not connected for 8 s
when   the user runs "busybox sh -c '/lab/macveil status --json || true'"
then   the command said "cannot list iwd's /var/lib/iwd: Permission denied"
when   the user runs "busybox sh -c 'cd /var/lib && rm iwd && mv iwd.old iwd'"
and    iwd is killed
and    iwd starts
then   connected to home within 20 s
# The one above it.
when   the user runs "busybox mv /var/lib /var/away"
and    home kicks the station
and    1 s passes
then   not connected for 8 s
when   the user runs "busybox sh -c '/lab/macveil status --json || true'"
then   the command said "cannot list iwd's /var/lib/iwd: No such file or directory"
when   the user runs "busybox mv /var/away /var/lib"
then   connected to home within 20 s
and    home saw one address
