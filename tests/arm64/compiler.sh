#!/usr/bin/env bash
# Debian's compiler of Rust for today's programs (rustc-web), and its standard library for 64-bit ARM, unpacked
# below target/arm64/rust: nothing of it is installed on this machine, whose list of architectures stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."

place=$PWD/target/arm64/rust
[ ! -x "$place/usr/bin/rustc" ] || exit 0

rm -rf "$place" "$place.partial"
mkdir -p "$place.partial/lists/partial" "$place.partial/deb"
options=(
    -qq -o APT::Sandbox::User=root -o Dir::State::Lists="$place.partial/lists"
    -o APT::Architectures::=amd64 -o APT::Architectures::=arm64
)
echo "arm64: downloading Debian's rustc-web and libstd-rust-web-dev for amd64 and arm64"
apt-get "${options[@]}" update
cd "$place.partial/deb"
# What the compiler is linked with has its version in its name.
needed() {
    apt-cache "${options[@]}" --no-all-versions show "$1" |
        sed -n 's/^Depends: //p' | tr ',' '\n' | grep -oE "$2" | head -n 1
}
library=$(needed libstd-rust-web-dev 'libstd-rust-web-[0-9.]+')
llvm=$(needed "$library" 'libllvm[0-9]+')
apt-get "${options[@]}" download \
    rustc-web libstd-rust-web-dev libstd-rust-web-dev:arm64 "$library" "$llvm"
for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C ..
done
rm -r ../deb ../lists
mv "$place.partial" "$place"
