#!/usr/bin/env bash
# Installs what building and testing need on a machine with Debian 12 or 13, and
# makes what the lab boots, under target/lab/: two stock kernels and a small
# guest root of Debian 12, all unpacked from .debs. Nothing of the guest is
# installed on this machine. Quick when all is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

host_packages=(
    python3 qemu-system-x86 cpio kmod xz-utils zstd binutils gcc libc6-dev ca-certificates curl
    iproute2 util-linux systemd tshark tzdata dbus-daemon
)
guest_packages=(
    wpasupplicant hostapd tcpdump
    iw iproute2 busybox-static procps kmod bash
)
# Only for guests whose stories have one of them: they would make every guest's boot longer.
networkmanager_packages=(network-manager iwd connman dbus-daemon)
# Only for guests that systemd boots, likewise.
systemd_packages=(systemd udev coreutils jq socat ethtool)
# Only for guests whose stories go online: a DHCP server, the clients that Debian has, and what services of other
# systems run with.
online_packages=(dnsmasq-base isc-dhcp-client ifupdown dhcpcd-base udhcpc dash runit util-linux)
# What their scripts call; BusyBox has it, too.
online_commands=(
    awk basename cat chmod chown cp cut date dirname env expr find grep head hostname id ifconfig ln logger ls
    mkdir mktemp mv od readlink rm route sed seq sleep sort start-stop-daemon stat tail touch tr true uname wc
)
# Of the release after the guests', only for guests whose stories ask for it.
debian13_packages=(wpasupplicant dhcpcd-base iwd dbus-daemon)
debian13_systemd_packages=(systemd udev)
# For a machine in namespaces, on which the init scripts are played.
openrc_packages=(openrc busybox-static)
# What only their installation needs.
installers='perl*|libperl*|dpkg_*|debconf_*|usrmerge_*|gcc-*-base_*|passwd_*|tar_*|sed_*|adduser_*'
of_systemd='systemd_*|udev_*|libpam*|dmsetup_*'
of_util_linux='util-linux*|libblkid1_*|libmount1_*|libsmartcols1_*|libuuid1_*'
of_accounts='base-passwd_*|login*|libdb5*|libsem*|libsepol*|readline-common_*'
# ConnMan needs them where it shares a connection.
of_sharing='iptables_*|libip6tc*|libnetfilter*|libnfnetlink*'
modules=(
    virtio_pci 9p 9pnet_virtio virtio_rng
    mac80211_hwsim ccm cmac gcm ctr
    af_packet nlmon veth
    sch_ingress cls_bpf nf_tables
)
# What iwd asks the kernel to compute.
iwd_modules=(
    algif_hash algif_skcipher algif_aead ecb cbc md5 md4 sha1_generic sha256_generic sha512_generic
    aes_generic des_generic cmac hmac dh_generic pkcs8_key_parser
)
# The kernel's short name, and the package that depends on its newest image.
kernels=("6.1 linux-image-amd64" "6.12 linux-image-6.12-amd64")

# Of the guests, whatever this machine has.
release=bookworm
mirror=${MIRROR:-http://deb.debian.org}
# With another release here, apt asks for packages of that one: its own lists.
guest_apt=()

lab=$PWD/target/lab
version=$(cat "$0" tests/lab/init | sha256sum | cut -c1-16)
sudo=$([ "$(id -u)" = 0 ] || echo sudo)

say() { echo "lab set-up: $*"; }

host_is_ready() {
    local package
    for package in "${host_packages[@]}"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
    done
}

require_apt() {
    command -v apt-get >/dev/null && return
    say "the lab needs apt, so Debian 12 or 13; \`cargo build --release\` needs only Rust"
    exit 1
}

update_package_lists() {
    say "apt-get update"
    $sudo apt-get -qq update
}

use_guest_release() {
    local here keyring=/usr/share/keyrings/debian-archive-keyring.gpg suite
    here=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ "$here" != $release ] || return 0
    mkdir -p "$lab"/apt/{lists,cache}
    for suite in "debian $release" "debian $release-updates" "debian-security $release-security"; do
        echo "deb [signed-by=$keyring] $mirror/$suite main"
    done >"$lab/apt/sources"
    guest_apt=(
        -o "Dir::Etc::SourceList=$lab/apt/sources" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$lab/apt/lists" -o "Dir::Cache=$lab/apt/cache" -o APT::Sandbox::User=root
    )
    say "apt-get update for $release"
    apt-get -qq "${guest_apt[@]}" update
}

install_host_packages() {
    say "apt-get install ${host_packages[*]}"
    $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "${host_packages[@]}" >/dev/null
}

# Debian's own is too old.
has_rust() {
    local needed found
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    found=$(cargo --version 2>/dev/null | cut -d' ' -f2)
    [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" = "$needed" ] || {
        say "cargo ${found:-is missing}${found:+ is too old}: $needed is needed"
        return 1
    }
}

install_rust() {
    say "Rust, with rustup from https://sh.rustup.rs"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
        sh -s -- -y -q --profile minimal -c clippy -c rustfmt
}

# Packages with everything they depend on: what apt would install on a machine
# that has nothing.
download_debs() {
    local debs=$1
    shift
    say "downloading programs for guests: $*"
    mkdir -p "$debs/partial"
    apt_of_nothing "$debs" -y --download-only --no-install-recommends install "$@" >/dev/null
}

# An apt that knows no installed packages, of the release in `guest_apt`.
apt_of_nothing() {
    local debs=$1
    shift
    : >"$lab/nothing-installed"
    apt-get -qq "${guest_apt[@]}" \
        -o Dir::State::status="$lab/nothing-installed" \
        -o Dir::Cache::archives="$debs" \
        -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
        "$@"
}

# Runs a command with Debian 13's packages.
with_debian13() {
    local apt=$lab/debian13-apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    local guest_apt=(
        -o "Dir::Etc::SourceList=$apt/sources" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache"
    )
    mkdir -p "$apt"/{lists,cache}
    echo "deb [signed-by=$keyring] $mirror/debian trixie main" >"$apt/sources"
    apt_of_nothing "$apt/cache" update
    "$@"
    rm -rf "$apt"
}

# The packages in a directory, but for those whose files' names match a pattern.
unpack_debs() {
    local debs=$1 root=$2 left_out=$3 deb directory
    rm -rf "$root"
    # As in Debian's merged /usr, so that either spelling of a path works.
    mkdir -p "$root/usr/"{bin,sbin,lib,lib64}
    for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$root/$directory"; done
    for deb in "$debs"/*.deb; do
        # shellcheck disable=SC2053 # a pattern
        [[ ${deb##*/} == @($left_out) ]] && continue
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner
    done
    rm -rf "$root"/usr/share/{doc,man,locale,info,lintian,perl5,bash-completion,bug,doc-base,debconf} \
        "$root"/usr/lib/udev/hwdb.d "$root"/usr/include "$root"/usr/lib/*/{perl,gconv,xtables} \
        "$root"/etc/{init.d,rc?.d,cron.*} "$root"/var/cache
}

unpack_guest_root() {
    local root=$lab/root
    unpack_debs "$lab/debs" "$root" "$installers|$of_systemd"
    rm -rf "$root/usr/lib/systemd"
    mkdir -p "$root"/{proc,sys,dev,run,tmp,lab,out,etc/wpa_supplicant,etc/macveil,var/lib}
    [ -e "$root/etc/passwd" ] || echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    [ -e "$root/etc/group" ] || printf 'root:x:0:\nnetdev:x:101:\n' >"$root/etc/group"
    install -m 755 tests/lab/init "$root/init"
}

# The packages that some need besides, with all that they depend on.
download_missing() {
    local debs=$1 deb
    shift
    mkdir -p "$debs"
    cp -al "$lab"/debs/*.deb "$debs"
    download_debs "$debs" "${guest_packages[@]}" "$@"
    for deb in "$lab"/debs/*.deb; do rm "$debs/${deb##*/}"; done
}

# An archive to be unpacked over any guest's root.
make_addition() {
    local root=$1 archive=$2
    rm -rf "$root"/{bin,sbin,lib,lib64}
    make_archive "$root" >"$archive"
    rm -rf "$root"
}

prepare_networkmanager() {
    local root=$lab/networkmanager-root debs=$lab/networkmanager-debs
    download_missing "$debs" "${networkmanager_packages[@]}"
    unpack_debs "$debs" "$root" "$installers|$of_systemd|$of_sharing"
    # Units are for a story that starts them by their names.
    mkdir "$lab/units"
    mv "$root"/usr/lib/systemd/system/{NetworkManager,iwd,dbus}.service "$lab/units"
    mv "$root/usr/lib/systemd/system/dbus.socket" "$lab/units"
    rm -rf "$root/usr/lib/systemd"/*
    mv "$lab/units" "$root/usr/lib/systemd/system"
    rm -rf "$debs" "$root"/usr/lib/{udev,NetworkManager/VPN}
    mkdir -p "$root/usr/share/dbus-1/system.d"
    make_addition "$root" "$lab/networkmanager"
}

# Only the units of a story, and no generated ones.
remove_unused_units() { rm -rf "$1"/usr/lib/systemd/{catalog,system/multi-user.target.wants,system-generators}; }

prepare_systemd() {
    local root=$lab/systemd-root debs=$lab/systemd-debs
    download_missing "$debs" "${systemd_packages[@]}"
    # For libraries and units that the other guests do without.
    cp -l "$lab"/debs/{libpam0g,wpasupplicant}_*.deb "$debs"
    unpack_debs "$debs" "$root" "$installers|coreutils_*"
    # The one that the README's instructions begin with.
    dpkg-deb --fsys-tarfile "$debs"/coreutils_*.deb | tar -x -C "$root" ./usr/bin/install
    rm -rf "$debs" "$root"/usr/sbin/wpa_*
    ln -s /run "$root/var/run"
    remove_unused_units "$root"
    echo 0f1e2d3c4b5a69788796a5b4c3d2e1f0 >"$root/etc/machine-id"
    make_addition "$root" "$lab/systemd"
}

prepare_online() {
    local root=$lab/online-root debs=$lab/online-debs command
    download_missing "$debs" "${online_packages[@]}"
    # udhcpc is BusyBox's, which is there.
    unpack_debs "$debs" "$root" "$installers|$of_systemd|$of_util_linux|busybox_*|runit*|sysuser-helper_*"
    dpkg-deb --fsys-tarfile "$debs"/util-linux_*.deb | tar -x -C "$root" ./usr/bin/setpriv
    dpkg-deb --fsys-tarfile "$debs"/runit_*.deb | tar -x -C "$root" ./usr/bin/runsvdir ./usr/bin/runsv ./usr/bin/sv
    rm -rf "$debs" "$root"/usr/lib/{systemd,udev} "$root"/usr/share/{dbus-1,dnsmasq-base} "$root/etc/apparmor.d"
    ln -sf dash "$root/usr/bin/sh"
    for command in "${online_commands[@]}"; do ln -s busybox "$root/usr/bin/$command"; done
    mkdir -p "$root"/run/{network,dhcpcd} "$root"/var/lib/{dhcp,dhcpcd,misc}
    ln -s /run "$root/var/run"
    touch "$root"/etc/{fstab,resolv.conf}
    make_addition "$root" "$lab/online"
}

# Over all other additions: everything that these programs need is there in the same release.
prepare_debian13() {
    local root=$lab/debian13-root debs=$lab/debian13-debs
    with_debian13 download_debian13 "$debs"
    unpack_debs "$debs/programs" "$root" "$installers|$of_systemd|$of_accounts"
    rm -rf "$root/usr/lib/systemd"
    make_addition "$root" "$lab/debian13"
    unpack_debs "$debs/systemd" "$root" "$installers|$of_accounts"
    remove_unused_units "$root"
    make_addition "$root" "$lab/debian13-systemd"
    rm -rf "$debs"
}

download_debian13() {
    download_debs "$1/programs" "${debian13_packages[@]}"
    download_debs "$1/systemd" "${debian13_systemd_packages[@]}"
}

# A machine whose only programs are OpenRC's and BusyBox's, much as Alpine's.
prepare_openrc() {
    local root=$lab/openrc debs=$lab/openrc-debs applet
    download_debs "$debs" "${openrc_packages[@]}"
    unpack_debs "$debs" "$root" "$installers"
    rm -rf "$debs" "$root"/var/*
    for applet in $("$root/bin/busybox" --list); do
        [ -e "$root/sbin/$applet" ] || [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
    done
    mkdir -p "$root"/{proc,sys,dev,run,tmp,var/lib,var/log,etc/init.d,etc/macveil} \
        "$root"/etc/runlevels/{sysinit,boot,default,shutdown}
    ln -s /run "$root/var/run"
    touch "$root/etc/fstab"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    printf 'root:x:0:\nuucp:x:10:\n' >"$root/etc/group"
}

make_archive() { (cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc --owner=0:0); }

unpack_kernel() {
    local name=$1 package=$2 release image
    image=$(apt-cache "${guest_apt[@]}" depends "$package" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    release=${image#linux-image-}
    say "kernel $name: $image"
    local tree=$lab/kernel-$name
    rm -rf "$tree"
    mkdir -p "$tree/deb" "$tree/guest/modules"
    (cd "$tree/deb" && apt-get "${guest_apt[@]}" -qq -o APT::Sandbox::User=root download "$image" && dpkg-deb -x ./*.deb ../unpacked)
    uncompressed_kernel "$tree/unpacked/boot/vmlinuz-$release" >"$tree/vmlinux"
    /sbin/depmod -b "$tree/unpacked" "$release"
    ordered_modules "$tree/unpacked" "$release" "${modules[@]}" |
        while read -r path; do place_module "$path" "$tree/guest/modules"; done
    mkdir -p "$tree/iwd-guest/modules/iwd"
    ordered_modules "$tree/unpacked" "$release" "${iwd_modules[@]}" |
        while read -r path; do place_module "$path" "$tree/iwd-guest/modules/iwd"; done
    make_archive "$tree/iwd-guest" >"$tree/iwd"
    { make_archive "$lab/root"; make_archive "$tree/guest"; } >"$tree/initramfs.partial"
    mv "$tree/initramfs.partial" "$tree/initramfs"
    rm -rf "$tree/unpacked" "$tree/deb" "$tree/guest" "$tree/iwd-guest"
}

# The kernel inside the boot image: uncompressing it in the guest takes a third
# of the boot.
uncompressed_kernel() {
    local magic program offset
    while read -r magic program; do
        offset=$(LC_ALL=C grep -abo -m1 -P "$magic" "$1" | head -n 1 | cut -d: -f1 || true)
        if [ -n "$offset" ]; then
            # What follows the compressed kernel makes them complain.
            tail -c "+$((offset + 1))" "$1" | $program -dc 2>/dev/null || true
            return
        fi
    done <<<'\xFD7zXZ\x00 xz
\x28\xB5\x2F\xFD zstd'
}

# Every needed module file once, each after those it needs.
ordered_modules() {
    local module
    for module in "${@:3}"; do
        /sbin/modprobe -d "$1" -S "$2" --show-depends "$module"
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# The radios' module comes and goes with every story, the others stay: `order` lists those.
place_module() {
    local file=${1##*/} target
    target=$2/${file%.xz}
    case $file in
    *.xz) xz -dc "$1" >"$target" ;;
    *) cp "$1" "$target" ;;
    esac
    # Checking the signature takes the guest longer than all the rest of loading.
    strip --strip-debug "$target"
    case $file in
    mac80211_hwsim.ko*) ;;
    *) echo "${file%.xz}" >>"$2/order" ;;
    esac
}

lab_is_ready() { [ "$(cat "$lab/version" 2>/dev/null)" = "$version" ]; }

if ! host_is_ready; then
    require_apt
    update_package_lists
    install_host_packages
fi
has_rust || install_rust
if lab_is_ready; then
    exit 0
fi
mkdir -p "$lab"
rm -f "$lab/version"
update_package_lists
use_guest_release
download_debs "$lab/debs" "${guest_packages[@]}"
unpack_guest_root
prepare_networkmanager
prepare_systemd
prepare_online
prepare_debian13
prepare_openrc
for kernel in "${kernels[@]}"; do
    # shellcheck disable=SC2086 # two words, two arguments
    unpack_kernel $kernel
done
rm -rf "$lab/debs" "$lab/nothing-installed" "$lab/apt"
echo "$version" >"$lab/version"
say "done: $(du -sh "$lab" | cut -f1) in target/lab"
