################################################################################
#
# macveil
#
################################################################################

MACVEIL_VERSION = 0.1.0
# Where the archive is that `make dist` makes.
MACVEIL_SITE ?= file://$(TOPDIR)/dl/macveil
MACVEIL_SOURCE = macveil-$(MACVEIL_VERSION).tar.gz
MACVEIL_LICENSE = MIT or Apache-2.0
MACVEIL_LICENSE_FILES = LICENSE-MIT LICENSE-APACHE

define MACVEIL_INSTALL_CONFIGURATION
	$(INSTALL) -D -m 0644 $(@D)/contrib/macveil.toml \
		$(TARGET_DIR)/etc/macveil/macveil.toml
endef
MACVEIL_POST_INSTALL_TARGET_HOOKS += MACVEIL_INSTALL_CONFIGURATION

define MACVEIL_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/contrib/busybox/S05macveil \
		$(TARGET_DIR)/etc/init.d/S05macveil
endef

define MACVEIL_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 0755 $(@D)/contrib/openrc/macveil \
		$(TARGET_DIR)/etc/init.d/macveil
endef

define MACVEIL_INSTALL_INIT_SYSTEMD
	mkdir -p $(TARGET_DIR)/usr/lib/systemd
	cp -a $(@D)/contrib/systemd/. $(TARGET_DIR)/usr/lib/systemd/
	$(INSTALL) -D -m 0644 $(@D)/contrib/sysusers.d/macveil.conf \
		$(TARGET_DIR)/usr/lib/sysusers.d/macveil.conf
	$(INSTALL) -D -m 0644 $(@D)/contrib/tmpfiles.d/macveil.conf \
		$(TARGET_DIR)/usr/lib/tmpfiles.d/macveil.conf
endef

$(eval $(cargo-package))
