# What the owner's steps have in common.

say() { echo "# $*"; }

# A supplicant is not asked before it listens.
connected() {
    local tries=0
    until wpa_cli -i wlan0 status 2>/dev/null | grep -q '^wpa_state=COMPLETED'; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || { say "not connected after a minute"; journalctl -b --no-pager -u macveil -u wpa_supplicant@wlan0; return 1; }
        sleep 1
    done
    say "connected, $(cat /sys/class/net/wlan0/address)"
}

is() {
    local told
    told=$(systemctl "is-$1" macveil || true)
    [ "$told" = "$2" ] || { say "macveil is $told, not $2"; return 1; }
}
