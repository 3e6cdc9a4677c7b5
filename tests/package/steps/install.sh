# Installed over this very card, so the connection has to stay.
connected
apt-get -o Dpkg::Use-Pty=0 install -y /run/owner/macveil.deb
is enabled enabled
is active inactive
connected
