SUMMARY = "Keeps a Wi-Fi card's identity off the air"
DESCRIPTION = "Random addresses while a Wi-Fi card is not associated, each network's own address while it is, with an unmodified wpa_supplicant or iwd."
HOMEPAGE = "https://macveil.invalid"
SECTION = "network"
LICENSE = "Apache-2.0 OR MIT"
LIC_FILES_CHKSUM = "file://LICENSE-MIT;md5=63dc3d600c21b58b9a60855004ef71c9 \
                    file://LICENSE-APACHE;md5=3b83ef96387f14655fc854ddc3c6bd57"

inherit cargo cargo-update-recipe-crates systemd update-rc.d

# The archive that `make dist` makes, in files/ next to this recipe.
SRC_URI = "file://macveil-${PV}.tar.gz"

# `bitbake -c update_crates macveil` writes it from Cargo.lock; once without it.
include ${BPN}-crates.inc

SYSTEMD_SERVICE:${PN} = "macveil.service"
INITSCRIPT_NAME = "macveil"
# Before the network.
INITSCRIPT_PARAMS = "start 05 S . stop 95 0 6 ."

do_install:append() {
    install -D -m 0644 ${S}/contrib/macveil.toml ${D}${sysconfdir}/macveil/macveil.toml
    install -d ${D}${sysconfdir}/macveil/hooks.d
    install -D -m 0755 ${S}/contrib/hooks/50-dhcp ${D}${nonarch_libdir}/macveil/hooks.d/50-dhcp
    if ${@bb.utils.contains('DISTRO_FEATURES', 'systemd', 'true', 'false', d)}; then
        install -d ${D}${nonarch_libdir}/systemd
        cp -R --no-dereference --preserve=mode,links ${S}/contrib/systemd/. ${D}${nonarch_libdir}/systemd/
        install -D -m 0644 ${S}/contrib/sysusers.d/macveil.conf ${D}${nonarch_libdir}/sysusers.d/macveil.conf
        install -D -m 0644 ${S}/contrib/tmpfiles.d/macveil.conf ${D}${nonarch_libdir}/tmpfiles.d/macveil.conf
    else
        install -D -m 0755 ${S}/contrib/busybox/S05macveil ${D}${sysconfdir}/init.d/macveil
    fi
}

CONFFILES:${PN} = "${sysconfdir}/macveil/macveil.toml"
FILES:${PN} += "${nonarch_libdir}/macveil ${nonarch_libdir}/systemd ${nonarch_libdir}/sysusers.d ${nonarch_libdir}/tmpfiles.d"
RRECOMMENDS:${PN} = "wpa-supplicant"
