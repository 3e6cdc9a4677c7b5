With systemd: programs control wpa_supplicant over D-Bus, and no address is shown that should not be

given  any masking method
and    the machine runs systemd
and    macveil is installed as the README tells
and    an access point home: ssid "Home", channel 6, wpa2 "correct horse battery"
and    a network "Home": wpa2 "correct horse battery"
and    a file "/etc/systemd/system/wpa_supplicant@.service.d/dbus.conf": "[Unit]", "Requires=dbus.service", "After=dbus.service", "[Service]", "ExecStart=", "ExecStart=/sbin/wpa_supplicant -u -c/etc/wpa_supplicant/wpa_supplicant-%I.conf -i%I"
# The guest has a bus in stories that name iwd.
when   the user runs "systemctl mask iwd.service"
and    a radio appears
and    the machine boots
then   connected to home within 30 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Scan a{sv} 1 Type s active"
and    4 s pass
then   connected to home within 5 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Scan a{sv} 2 Type s active SSIDs aay 1 4 72 111 109 101"
and    4 s pass
then   connected to home within 5 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Reassociate"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Reattach"
and    2 s pass
then   connected to home within 5 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Disconnect"
and    3 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Scan a{sv} 1 Type s active"
and    3 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface Reconnect"
then   connected to home within 10 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface SelectNetwork o /fi/w1/wpa_supplicant1/Interfaces/0/Networks/0"
and    2 s pass
then   connected to home within 10 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface.WPS Start a{sv} 2 Role s enrollee Type s pbc"
and    5 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface.WPS Cancel"
and    2 s pass
then   connected to home within 20 s
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface RemoveAllNetworks"
and    2 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface AddNetwork a{sv} 2 ssid s Home psk s 'correct horse battery'"
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface SelectNetwork o /fi/w1/wpa_supplicant1/Interfaces/0/Networks/0"
then   connected to home within 20 s
when   the user runs "busctl set-property fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1/Interfaces/0 fi.w1.wpa_supplicant1.Interface ApScan u 1"
and    2 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1 fi.w1.wpa_supplicant1 RemoveInterface o /fi/w1/wpa_supplicant1/Interfaces/0"
and    3 s pass
when   the user runs "busctl call fi.w1.wpa_supplicant1 /fi/w1/wpa_supplicant1 fi.w1.wpa_supplicant1 CreateInterface a{sv} 2 Ifname s wlan0 ConfigFile s /etc/wpa_supplicant/wpa_supplicant-wlan0.conf"
then   connected to home within 20 s
and    home saw one address
