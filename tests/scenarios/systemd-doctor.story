With systemd: doctor finds no problem, tests the driver, and finds each misconfiguration

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
when   a radio appears
and    the user runs "busybox sh -c '/lab/macveil doctor wlan0 --try --json || true'"
then   the command said "accepted another address, kept it with the link up, and restored the previous one"
when   the machine boots
then   connected to home within 20 s
when   the user runs "macveil doctor wlan0"
then   the command said "no problems found"
and    the doctor finds what is planted
and    still connected to home for 2 s
# No test where it would interrupt something or is not permitted.
when   the user runs "busybox sh -c '/lab/macveil doctor wlan0 --try 2>&1 || echo it ended with $?'"
then   the command said "macveil is running and has already tested it"
and    the command said "it ended with 3"
when   the user runs "systemctl stop macveil"
and    the user runs "busybox sh -c '/lab/macveil doctor wlan0 --try 2>&1 || echo it ended with $?'"
then   the command said "it is connected: disconnect first"
and    the command said "it ended with 3"
when   the user runs "busybox su -s /usr/bin/bash macveil -c '/usr/bin/macveil doctor wlan0 --try 2>&1 || echo it ended with $?'"
then   the command said "this requires root or CAP_NET_ADMIN"
and    the command said "it ended with 3"
when   the user runs "busybox chmod 600 /etc/wpa_supplicant/wpa_supplicant-wlan0.conf"
and    the user runs "busybox su -s /usr/bin/bash macveil -c '/usr/bin/macveil doctor wlan0 --json || true'"
then   the command said "/etc/wpa_supplicant/wpa_supplicant-wlan0.conf cannot be read by this user"
and    the address stays for 1 s
