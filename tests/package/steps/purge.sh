# Without macveil again: the connection stays, under the address that it began with.
connected
apt-get -o Dpkg::Use-Pty=0 purge -y macveil
! command -v macveil
systemctl daemon-reload
is active inactive
connected
