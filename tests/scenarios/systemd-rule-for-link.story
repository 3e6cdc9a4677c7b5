With a udev rule in place of the .link file: what scans before macveil does so under a random address

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    something scans at boot before macveil
when   the user runs "busybox rm /etc/systemd/network/70-macveil.link"
and    the user runs "busybox cp /lab/project/contrib/without-systemd/81-macveil.rules /etc/udev/rules.d"
and    a radio appears
and    the machine boots
then   a scan under fresh addresses within 6 s
