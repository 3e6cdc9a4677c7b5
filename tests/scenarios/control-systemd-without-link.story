With systemd, but without macveil's .link file: what scans before macveil shows the permanent address

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    something scans at boot before macveil
when   the user runs "busybox rm /etc/systemd/network/70-macveil.link"
and    a radio appears
and    the machine boots
and    10 s pass
then   the judge finds "frame under a permanent address"
