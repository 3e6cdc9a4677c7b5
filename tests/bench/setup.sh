#!/usr/bin/env bash
# Puts macchanger, which no other story of the lab needs, where `make bench` takes it into its guests:
# target/lab/bench, unpacked from Debian's package. Nothing is installed on this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$PWD/target/lab/bench
[ -x "$target/usr/bin/macchanger" ] && exit 0

echo "bench set-up: downloading macchanger (Debian's package) for the guests"
$([ "$(id -u)" = 0 ] || echo sudo) apt-get -qq update
rm -rf "$target" "$target.partial"
mkdir -p "$target.partial/deb"
cd "$target.partial/deb"
apt-get -qq -o APT::Sandbox::User=root download macchanger
dpkg-deb --fsys-tarfile ./*.deb | tar -x -C .. ./usr/bin/macchanger ./usr/share/macchanger
cd ../..
rm -r "$target.partial/deb"
mv "$target.partial" "$target"
