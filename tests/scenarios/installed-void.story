As Void starts it: with a wpa_supplicant of a user of its own, dhcpcd is online, also after an outage

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    macveil reads the system's configuration
and    a file "/etc/wpa_supplicant/wpa_supplicant-wlan0.conf": "ctrl_interface=/run/wpa_supplicant", "ctrl_interface_group=_wpas", "update_config=1", "network={", "    ssid=\"Home\"", "    psk=\"correct horse battery\"", "}"
and    a file "/etc/passwd": "root:x:0:0:root:/root:/bin/sh", "_wpas:x:997:997::/:/bin/false"
and    a file "/etc/group": "root:x:0:", "_wpas:x:997:"
and    a file "/etc/sv/wpa_supplicant/run": "#!/bin/sh", "[ -r ./conf ] && . ./conf", "mkdir -p /run/wpa_supplicant && chown _wpas:_wpas /run/wpa_supplicant && chmod 750 /run/wpa_supplicant", "caps=-all,+net_admin,+net_raw", "exec 2>&1", "exec setpriv --reuid _wpas --regid _wpas --clear-groups --ambient-caps $caps --inh-caps $caps --bounding-set $caps --no-new-privs -- wpa_supplicant -c /etc/wpa_supplicant/wpa_supplicant-wlan0.conf -i wlan0"
# The one step: runit starts all services at once, and this one is to wait.
and    a file "/etc/sv/wpa_supplicant/conf": "sv start macveil >/dev/null || exit 1"
and    a file "/etc/sv/dhcpcd/run": "#!/bin/sh", "exec 2>&1", "exec dhcpcd -M -B"
# The guest has no udev, which dhcpcd would wait for.
when   the user runs "sed -i $anodev /etc/dhcpcd.conf"
and    the user runs "cp -r /lab/contrib/void/files/macveil /etc/sv"
and    the user runs "sh -c 'chmod 755 /etc/sv/*/run /etc/sv/*/check'"
and    the user runs "ln -sfn /etc/sv /var/service"
and    the user starts "env SVDIR=/var/service runsvdir -P /var/service"
then   online at home within 15 s
when   the user runs "sh -c '/lab/macveil doctor wlan0 || true'"
then   the command said "wpa_supplicant's control socket is in /run/wpa_supplicant, as"
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
and    home gave 1 lease
and    home saw one address
# Without `anonymous`, dhcpcd tells a DUID with the address of its first start, which is a mask.
and    the judge finds at most 40 of "identifier of another address"
when   the user runs "sh -c 'SVDIR=/var/service sv down wpa_supplicant dhcpcd macveil'"
