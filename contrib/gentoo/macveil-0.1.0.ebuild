# Copyright 2026 Gentoo Authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

# `pycargoebuild` writes the list of crates from Cargo.lock.
CRATES=""
RUST_MIN_VER="1.89.0"

inherit cargo systemd tmpfiles

DESCRIPTION="Hides a Wi-Fi card's MAC address, with wpa_supplicant or iwd"
HOMEPAGE="https://macveil.invalid"
# `make dist` makes the archive.
SRC_URI="macveil-${PV}.tar.gz ${CARGO_CRATE_URIS}"

LICENSE="|| ( MIT Apache-2.0 )"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
RESTRICT="fetch"

RDEPEND="|| ( net-wireless/wpa_supplicant net-wireless/iwd )"

src_compile() {
	emake release manual
}

src_test() {
	cargo_src_test --workspace --lib
}

src_install() {
	emake install DESTDIR="${D}"
	newinitd contrib/openrc/macveil macveil
	newinitd contrib/openrc/macveil-hooks macveil-hooks
	dodoc README.md
}

pkg_postinst() {
	tmpfiles_process macveil.conf
}
