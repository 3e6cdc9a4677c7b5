# A daemon that hangs: the service manager notices and starts another.
connected
hung=$(systemctl show -p MainPID --value macveil)
kill -STOP "$hung"
sleep 700
is active active
[ "$hung" != "$(systemctl show -p MainPID --value macveil)" ] || { say "the hang was not noticed"; exit 1; }
connected
