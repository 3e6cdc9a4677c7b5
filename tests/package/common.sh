# What the steps of all ways have in common. Root runs them; the owner is an ordinary user with sudo.

answer=/run/answer

say() { echo "# $*"; }

# What the owner types, in the folder of the source, and answers with yes.
typed() {
    echo "\$ $1"
    if printf 'y\n' | runuser -l ada -c "cd macveil && $1" >$answer 2>&1; then
        cat $answer
    else
        cat $answer
        say "exit status not 0"
        return 1
    fi
}

shown() { grep -qF -- "$1" $answer || { say "it did not show: $1"; return 1; }; }

why() {
    systemctl list-jobs --no-pager
    systemctl --failed --no-pager
    ip address
    journalctl -b --no-pager | tail -n 150
}

# Until a command succeeds.
within_a_minute() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 60 ] || { why; say "not within a minute: $*"; return 1; }
        sleep 1
    done
    say "connected, $(cat /sys/class/net/wlan0/address)"
}

# A supplicant is not asked before it listens.
is_completed() { wpa_cli -i wlan0 status 2>/dev/null | grep -q '^wpa_state=COMPLETED'; }
has_lease() { ip -4 address show dev wlan0 | grep -q 'inet 192[.]168[.]7[.]'; }
is_activated() { nmcli -t -f GENERAL.STATE device show wlan0 2>/dev/null | grep -q ':100 '; }
is_online() { is_completed && has_lease; }

connected() { within_a_minute is_online; }
by_networkmanager() { within_a_minute is_activated; }

is() {
    told=$(systemctl "is-$1" macveil || true)
    [ "$told" = "$2" ] || { say "macveil is $told, not $2"; return 1; }
}

gone() {
    ! command -v macveil || { say "the program is still there"; return 1; }
    systemctl daemon-reload
}

# What a user of the next release has built.
next_version() {
    rm /home/ada/macveil/target/deb/macveil_*.deb
    cp /run/owner/macveil-next.deb /home/ada/macveil/target/deb/macveil_9_amd64.deb
}
