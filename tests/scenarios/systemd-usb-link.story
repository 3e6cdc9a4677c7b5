With systemd: a card that udev takes for one on USB gets a random address, and its name is made from the permanent one

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
# All that udev goes by: the radio is none on USB.
and    a file "/etc/udev/rules.d/79-usb.rules": "SUBSYSTEM==\"net\", ENV{ID_PATH}=\"pci-0000:00:14.0-usb-0:1:1.0\""
when   a radio appears
and    the user runs "udevadm settle"
and    the user runs "udevadm info /sys/class/net/wlx020000000000"
then   the command said "ID_NET_LINK_FILE=/etc/systemd/network/70-macveil-usb.link"
# An address that was set (NET_ADDR_SET), and another one than it had.
when   the user runs "busybox sh -c '[ $(busybox cat /sys/class/net/wlx020000000000/addr_assign_type) = 3 ]'"
and    the user runs "busybox sh -c '[ $(busybox cat /sys/class/net/wlx020000000000/address) != 02:00:00:00:00:00 ]'"
