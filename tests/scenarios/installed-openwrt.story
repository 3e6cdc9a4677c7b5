As OpenWrt starts it: with a wpa_supplicant that netifd gives the interface, and netifd's udhcpc, the device is online, also after an outage

given  any masking method
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    macveil reads the system's configuration
and    a file "/etc/passwd": "root:x:0:0:root:/root:/bin/sh", "network:x:101:101:network:/var/run/network:/bin/false"
and    a file "/etc/group": "root:x:0:", "network:x:101:"
and    a file "/var/run/wpa_supplicant-wlan0.conf": "network={", "    scan_ssid=1", "    ssid=\"Home\"", "    key_mgmt=WPA-PSK", "    psk=\"correct horse battery\"", "    proto=RSN", "    beacon_int=100", "}"
and    a file "/etc/init.d/wpad": "mkdir -p /var/run/wpa_supplicant", "chown network:network /var/run/wpa_supplicant", "caps=-all,+net_admin,+net_raw", "exec setpriv --reuid network --regid network --clear-groups --ambient-caps $caps --inh-caps $caps --bounding-set $caps --no-new-privs -- wpa_supplicant -s -g /var/run/wpa_supplicant/global"
and    a file "/etc/init.d/macveil": "mkdir -p /var/run/macveil /var/lib/macveil", "chown network:network /var/run/macveil /var/lib/macveil", "exec setpriv --reuid network --regid network --clear-groups --ambient-caps -all,+net_admin --inh-caps -all,+net_admin --bounding-set -all,+net_admin --no-new-privs -- macveil run"
# In place of netifd: a client for as long as there is a carrier.
and    a file "/sbin/netifd": "while true; do", "    carrier=$(cat /sys/class/net/wlan0/carrier 2>/dev/null)", "    if [ \"$carrier\" = 1 ] && [ -z \"$client\" ]; then", "        udhcpc -p /var/run/udhcpc-wlan0.pid -s /etc/udhcpc/default.script -f -t 0 -i wlan0 -x hostname:OpenWrt -C -R -O 121 &", "        client=$!", "    elif [ \"$carrier\" != 1 ] && [ -n \"$client\" ]; then", "        kill $client", "        wait $client", "        client=", "    fi", "    sleep 0.1", "done"
when   the user starts "sh /etc/init.d/macveil"
and    the user runs "sh -c 'until macveil status || [ $? = 1 ]; do sleep 0.1; done'"
and    the user starts "sh /etc/init.d/wpad"
and    the user runs "sh -c 'until [ -e /var/run/wpa_supplicant/global ]; do sleep 0.1; done'"
and    the user runs "sh -c 'umask 0; wpa_cli -g /var/run/wpa_supplicant/global interface_add wlan0 /var/run/wpa_supplicant-wlan0.conf nl80211 /var/run/wpa_supplicant'"
and    the user starts "sh /sbin/netifd"
then   online at home within 10 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
and    home gave 1 lease
and    home saw one address
