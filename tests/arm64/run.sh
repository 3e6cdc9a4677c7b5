#!/usr/bin/env bash
# Builds macveil for 64-bit ARM and runs the unit tests and the address vectors in QEMU, user mode.
#
#   tests/arm64/run.sh          all of it: about 15 minutes on two cores
#   tests/arm64/run.sh build    target/macveil-arm64 only, static and stripped
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross binutils-aarch64-linux-gnu qemu-user-static)
target=aarch64-unknown-linux-gnu
sudo=$([ "$(id -u)" = 0 ] || echo sudo)

say() { echo "arm64: $*"; }

are_installed() {
    local package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
    done
}

if ! are_installed; then
    say "apt-get install ${packages[*]}"
    $sudo apt-get -qq update
    $sudo env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "${packages[@]}" >/dev/null
fi
tests/arm64/compiler.sh
rust=$PWD/target/arm64/rust
export RUSTC=$rust/usr/bin/rustc
export LD_LIBRARY_PATH=$rust/usr/lib/x86_64-linux-gnu
# Apart from what this machine's own compiler builds.
export CARGO_TARGET_DIR=target/arm64/cargo
say "$("$RUSTC" --version), Debian's"

export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER=qemu-aarch64-static
# For tests that start themselves again.
export MACVEIL_TEST_RUNNER=qemu-aarch64-static
export RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"'

say "the release, static"
cargo build --quiet --release --target "$target"
aarch64-linux-gnu-strip --remove-section=.comment -o target/macveil-arm64 "$CARGO_TARGET_DIR/$target/release/macveil"
say "target/macveil-arm64: $(stat -c %s target/macveil-arm64) bytes"
[ "${1-}" != build ] || exit 0

say "the vectors of tests/vectors"
python3 -B tests/vectors/command.py --empty-root qemu-aarch64-static target/macveil-arm64

# QEMU's user mode has no generic netlink: EPROTONOSUPPORT.
impossible=(
    each_step_of_a_cycle_is_notified
    removed_link_is_notified
    link_that_leaves_a_bridge_is_not_gone
    overrun_is_reported_and_later_events_arrive
    all_ethernet_devices_are_listed
    cancelled_wait_loses_no_notification
)
# Emulation is slow: optimised a little, and fewer cases where chance makes them up.
say "the unit tests, but for ${#impossible[@]} that need generic netlink: ${impossible[*]}"
export CARGO_PROFILE_DEV_OPT_LEVEL=1 PROPTEST_CASES=${PROPTEST_CASES-32}
cargo test --quiet --target "$target" --workspace --lib -- --test-threads "$(nproc)" \
    "${impossible[@]/#/--skip=platform::netlink::tests::links::}"
