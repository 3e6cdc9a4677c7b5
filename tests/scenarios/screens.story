With systemd: what status --watch, explain and doctor look like on a terminal

given  any masking method
and    it is played only when named
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery", hidden
when   a radio appears
and    the machine boots
then   connected to home within 20 s
# The console is a terminal, and the host keeps what is written to it: tests/lab/screens.py draws it.
when   the user runs "busybox sh -c 'echo @status-watch macveil status --watch >/dev/ttyS0'"
and    the user runs "busybox sh -c 'busybox timeout 60 macveil status --watch >/dev/ttyS0 2>&1 &'"
and    4 s pass
and    home vanishes
and    9 s pass
and    home returns
then   connected to home within 20 s
when   4 s pass
and    the user runs "pkill -f -- --watch"
and    the user runs "busybox sh -c 'echo >/dev/ttyS0; echo @explain macveil explain Home --iface wlan0 >/dev/ttyS0'"
and    the user runs "busybox sh -c 'macveil explain Home --iface wlan0 >/dev/ttyS0 2>&1'"
and    the user runs "busybox sh -c 'echo @doctor sudo macveil doctor wlan0 >/dev/ttyS0'"
and    the user runs "busybox sh -c 'macveil doctor wlan0 >/dev/ttyS0 2>&1 || true'"
and    the user runs "busybox sh -c 'echo @end >/dev/ttyS0'"
then   still connected to home for 1 s
