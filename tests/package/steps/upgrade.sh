# The next version, while connected.
connected
before=$(systemctl show -p MainPID --value macveil)
apt-get -o Dpkg::Use-Pty=0 install -y /run/owner/macveil-next.deb
is active active
[ "$before" != "$(systemctl show -p MainPID --value macveil)" ] || { say "the old one still runs"; exit 1; }
sleep 5
connected
macveil status
