With systemd: as NixOS starts it, with a wpa_supplicant below a root directory of its own, the machine is online, also after an outage

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery", subnet 10.2.0.0/24
and    a file "/etc/sysusers.d/wpa_supplicant.conf": "u wpa_supplicant -"
# The one step of a user of contrib/nix/module.nix is `networking.wireless.userControlled = true`. It brings these.
and    a file "/etc/wpa_supplicant/nixos.conf": "network={", "ssid=\"Home\"", "psk=\"correct horse battery\"", "}", "ctrl_interface=/run/wpa_supplicant/control", "ctrl_interface_group=wpa_supplicant", "update_config=1", "pmf=1", "bgscan=\"simple:30:-70:3600\""
and    macveil's supplicant settings have "ctrl-interface = \"/run/wpa_supplicant/control\""
and    a file "/etc/systemd/system/macveil.service.d/wpa_supplicant.conf": "[Service]", "SupplementaryGroups=wpa_supplicant"
and    a file "/etc/systemd/system/wpa_supplicant.service": "[Unit]", "After=sys-subsystem-net-devices-wlan0.device", "Requires=sys-subsystem-net-devices-wlan0.device", "Before=network.target", "Wants=network.target", "[Service]", "User=wpa_supplicant", "Group=wpa_supplicant", "RuntimeDirectory=wpa_supplicant", "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW", "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW", "RootDirectory=/run/wpa_supplicant", "RootDirectoryStartOnly=yes", "BindPaths=/etc/wpa_supplicant /run/wpa_supplicant /proc/sys/net", "BindReadOnlyPaths=/usr /lib /lib64 /etc", "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "NoNewPrivileges=yes", "PrivateDevices=yes", "PrivateMounts=yes", "PrivateTmp=yes", "ProtectClock=yes", "ProtectControlGroups=yes", "ProtectHome=yes", "ProtectHostname=yes", "ProtectKernelLogs=yes", "ProtectKernelModules=yes", "ProtectKernelTunables=yes", "ProtectProc=invisible", "ProtectSystem=strict", "RemoveIPC=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET", "RestrictNamespaces=yes", "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "SystemCallFilter=@system-service", "SystemCallFilter=~@keyring", "SystemCallFilter=~@resources", "SystemCallArchitectures=native", "UMask=0077", "ExecStart=/usr/sbin/wpa_supplicant -iwlan0 -Dnl80211,wext -c /etc/wpa_supplicant/nixos.conf", "[Install]", "WantedBy=multi-user.target"
and    a file "/etc/systemd/network/20-wlan0.network": "[Match]", "Name=wlan0", "[Network]", "DHCP=yes"
when   the user runs "systemd-sysusers"
and    the user runs "systemctl daemon-reload"
and    the user runs "systemctl enable systemd-networkd wpa_supplicant.service"
and    a radio appears
and    the machine boots
then   online at home within 10 s
when   home vanishes
and    40 s pass
and    home returns
then   online at home within 10 s
and    home gave 1 lease
and    home saw one address
