# A laptop as it was: wpa_supplicant alone.
cat > /etc/wpa_supplicant/wpa_supplicant-wlan0.conf <<'END'
ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev
network={
    ssid="Home"
    psk="correct horse battery"
}
END
systemctl enable --now wpa_supplicant@wlan0
connected
