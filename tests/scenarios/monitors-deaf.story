Monitors that never read wpa_supplicant's events: it recreates its socket, or notifies no client

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    macveil and wpa_supplicant are running
then   connected to home within 10 s
when   a monitor attaches and never reads
given  a crowd of 60 access points
when   the user scans
and    25 s pass
then   home saw at most 0 associations in that time
and    still connected to home for 5 s
when   home vanishes
and    10 s pass
and    home returns
then   connected to home within 10 s
when   a connected monitor attaches and never reads
and    the user scans
and    25 s pass
then   home saw at most 0 associations in that time
when   home vanishes
and    10 s pass
and    home returns
then   connected to home within 20 s
and    home saw one address
