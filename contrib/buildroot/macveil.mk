################################################################################
#
# macveil
#
################################################################################

MACVEIL_VERSION = 0.1.0
# The archive that `make dist` makes, next to this file. The crates are added to the copy in dl/macveil.
# check-package disable lib_mk.RemoveDefaultPackageSourceVariable
MACVEIL_SOURCE = macveil-$(MACVEIL_VERSION).tar.gz
MACVEIL_SITE = file://$(abspath $(MACVEIL_PKGDIR))
MACVEIL_LICENSE = MIT or Apache-2.0
MACVEIL_LICENSE_FILES = LICENSE-MIT LICENSE-APACHE

define MACVEIL_INSTALL_CONFIGURATION
	$(INSTALL) -D -m 0644 $(@D)/contrib/macveil.toml \
		$(TARGET_DIR)/etc/macveil/macveil.toml
	mkdir -p $(TARGET_DIR)/etc/macveil/hooks.d
	$(INSTALL) -D -m 0755 $(@D)/contrib/hooks/50-dhcp \
		$(TARGET_DIR)/usr/lib/macveil/hooks.d/50-dhcp
endef
MACVEIL_POST_INSTALL_TARGET_HOOKS += MACVEIL_INSTALL_CONFIGURATION

define MACVEIL_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/contrib/busybox/S05macveil \
		$(TARGET_DIR)/etc/init.d/S05macveil
endef

define MACVEIL_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 0755 $(@D)/contrib/openrc/macveil \
		$(TARGET_DIR)/etc/init.d/macveil
	$(INSTALL) -D -m 0755 $(@D)/contrib/openrc/macveil-hooks \
		$(TARGET_DIR)/etc/init.d/macveil-hooks
	mkdir -p $(TARGET_DIR)/etc/runlevels/boot
	ln -sf /etc/init.d/macveil $(TARGET_DIR)/etc/runlevels/boot/macveil
endef

define MACVEIL_INSTALL_INIT_SYSTEMD
	mkdir -p $(TARGET_DIR)/usr/lib/systemd
	cp -a $(@D)/contrib/systemd/. $(TARGET_DIR)/usr/lib/systemd/
	$(INSTALL) -D -m 0644 $(@D)/contrib/sysusers.d/macveil.conf \
		$(TARGET_DIR)/usr/lib/sysusers.d/macveil.conf
	$(INSTALL) -D -m 0644 $(@D)/contrib/tmpfiles.d/macveil.conf \
		$(TARGET_DIR)/usr/lib/tmpfiles.d/macveil.conf
endef

# The service has a user of its own, which is in the group of wpa_supplicant's control sockets.
ifeq ($(BR2_INIT_SYSTEMD),y)
define MACVEIL_USERS
	macveil -1 macveil -1 * /var/lib/macveil - netdev macveil
endef
endif

$(eval $(cargo-package))
