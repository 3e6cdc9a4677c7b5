# make test    everything that has to hold, the air lab included
# make soak    ten million simulated steps of the state machines, and every fault in every story
# make day     a day on the air with trouble of every kind, in warped time
# make fuzz    what strangers send, made up by libFuzzer, a minute for each parser
# make readers a million frames in every kind of capture, read by audit as tshark reads them
# make deb     the Debian package, on any machine with Rust, dpkg-dev and debhelper
# make rpm     the RPM package, checked with rpmlint, and installed, upgraded and erased in a tree
# make release the program, stripped: target/macveil
# make static  the same as one static file, for images: target/macveil-static
# make install what `make release manual` has built, below DESTDIR; PREFIX=/usr INIT=systemd (or openrc, none);
#              make uninstall removes it, but for configuration and key
# make release-files  a release in target/release-files: source, programs, debug symbols, bill of materials, checksums
# make reproduced     the same again in a clone at another place, with the same checksums
# make deny    licences, sources and versions of all crates, with cargo-deny
# make recipes the recipes in contrib: their lists of files, and what linters say
# make images  the static and the small program, their limits of size, unit tests, and a test in an empty root
# make small   the daemon and what watches it, without iwd, for images with little room: target/macveil-small
# make arm64   the static binary for 64-bit ARM, its unit tests and vectors run in QEMU
# make package the ways of the documentation on Debian 12 and 13 that boot: from nothing to protected, and back
# make bench   measures macveil, NetworkManager, iwd and wpa_supplicant: docs/benchmarks.md
# make screens what status --watch, explain and doctor look like, for the documentation
# make demo    a story told live: who transmits what under which address
# All but release, static, small, install, release-files, reproduced, deny, recipes and deb set up a machine with Debian 12 or 13 for themselves, as root or
# with sudo.

# Rust from rustup before an older one of the distribution.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# All test targets but the lab, which needs the release build first.
UNIT_TESTS := $(filter-out lab, \
	$(patsubst tests/%.rs,%,$(wildcard tests/*.rs)) \
	$(patsubst tests/%/main.rs,%,$(wildcard tests/*/main.rs)))

.PHONY: test size bench dist install uninstall deb deb-tools rpm package demo screens day soak mutants mutants-all readers deny recipes release-files reproduced fuzz setup check unit release \
	static small images manual arm64 vectors lab lab-all

test: setup check unit release size vectors lab

# One after the other, so that what is printed last is the lab's last line.
.NOTPARALLEL:

setup:
	@tests/lab/setup.sh

check:
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	for features in '' audit by-hand dbus import terminal; do \
		cargo clippy --quiet --no-default-features --features "$$features" --all-targets -- -D warnings || exit; \
	done
	python3 -B tests/vectors/generate.py --check
	python3 -B tests/vectors/networkmanager.py --check
	python3 -B tests/package/run.py --check
	python3 -B tests/recipes/run.py --lists

# The same made-up events each time; make soak takes others.
unit: export PROPTEST_RNG_SEED = 1
unit:
	cargo test --quiet --workspace --lib --bins $(addprefix --test ,$(UNIT_TESTS))
	cargo test --quiet --package macveil-core --doc

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
HOST = $(shell rustc -vV | sed -n 's/^host: //p')

# $(call limit,FILE,BYTES)
limit = @size=$$(stat -c %s $(1)); echo "$(1): $$size bytes"; \
	test $$size -lt $(2) || { echo "$(1) is too large: the limit is $(2) bytes" >&2; exit 1; }

# The program as packages have it.
release:
	cargo build --release
	strip -o target/macveil target/release/macveil
	@echo "target/macveil: $$(stat -c %s target/macveil) bytes"

# Not in `release`: with another compiler, or a distribution's flags, it may be larger.
size:
	$(call limit,target/macveil,4000000)

# A static program cannot look up the C library's getrandom, and would read /dev/random instead.
# With --target the flags do not reach procedural macros, which cannot be static.
CRT_STATIC := -C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"

static:
	RUSTFLAGS='$(CRT_STATIC)' cargo build --release --target $(HOST)
	strip -o target/macveil-static target/$(HOST)/release/macveil
	@echo "target/macveil-static: $$(stat -c %s target/macveil-static) bytes"

# Without features and without overflow checks. What counts in flash is the compressed size; the image
# has a C library anyway.
small:
	cargo build --profile small --no-default-features
	strip --remove-section=.comment -o target/macveil-small target/small/macveil
	@echo "target/macveil-small: $$(stat -c %s target/macveil-small) bytes"
	xz -9 --keep --force target/macveil-small
	@echo "target/macveil-small.xz: $$(stat -c %s target/macveil-small.xz) bytes"

# What packages install besides the program and generate from the command line.
manual:
	CARGO_PROFILE_DEV_DEBUG=0 cargo run --quiet -p xtask -- man target/manual
	CARGO_PROFILE_DEV_DEBUG=0 cargo run --quiet -p xtask -- completions target/manual/completions

PREFIX ?= /usr
INIT ?= systemd
SYSTEMD := $(PREFIX)/lib/systemd
UNITS := $(shell cd contrib/systemd/system && find -L . -type f | sed 's:^\./::' | LC_ALL=C sort)

# Each file as MODE:SOURCE:PLACE.
FILES_none := \
	0755:target/macveil:$(PREFIX)/bin/macveil \
	0755:contrib/hooks/50-dhcp:$(PREFIX)/lib/macveil/hooks.d/50-dhcp \
	0644:target/manual/macveil.1:$(PREFIX)/share/man/man1/macveil.1 \
	0644:contrib/man/macveil.toml.5:$(PREFIX)/share/man/man5/macveil.toml.5 \
	0644:target/manual/completions/bash/macveil:$(PREFIX)/share/bash-completion/completions/macveil \
	0644:target/manual/completions/zsh/_macveil:$(PREFIX)/share/zsh/site-functions/_macveil \
	0644:target/manual/completions/fish/macveil.fish:$(PREFIX)/share/fish/vendor_completions.d/macveil.fish
FILES_systemd := \
	$(foreach unit,$(UNITS),0644:contrib/systemd/system/$(unit):$(SYSTEMD)/system/$(unit)) \
	$(foreach link,$(wildcard contrib/systemd/network/*.link),0644:$(link):$(SYSTEMD)/network/$(notdir $(link))) \
	0644:contrib/systemd/catalog/macveil.catalog:$(SYSTEMD)/catalog/macveil.catalog \
	0644:contrib/sysusers.d/macveil.conf:$(PREFIX)/lib/sysusers.d/macveil.conf \
	0644:contrib/tmpfiles.d/macveil.conf:$(PREFIX)/lib/tmpfiles.d/macveil.conf
FILES_openrc := \
	0755:contrib/openrc/macveil:/etc/init.d/macveil \
	0755:contrib/openrc/macveil-hooks:/etc/init.d/macveil-hooks
FILES = $(FILES_none) $(if $(filter none,$(INIT)),,$(FILES_$(INIT)))

field = $(word $(1),$(subst :, ,$(2)))
define put
install -Dpm $(call field,1,$(1)) $(call field,2,$(1)) $(DESTDIR)$(call field,3,$(1))

endef

# It compiles nothing, so that it can run as root after a build as a user. A configuration that is there stays.
install:
	$(foreach file,$(FILES),$(call put,$(file)))
	install -d $(DESTDIR)/etc/macveil/hooks.d
	test -e $(DESTDIR)/etc/macveil/macveil.toml || \
		install -pm 0644 contrib/macveil.toml $(DESTDIR)/etc/macveil/macveil.toml

# Configuration, key and the user stay.
uninstall:
	rm -f $(foreach file,$(FILES),$(DESTDIR)$(call field,3,$(file)))
	rmdir $(DESTDIR)$(PREFIX)/lib/macveil/hooks.d $(DESTDIR)$(PREFIX)/lib/macveil
	$(if $(filter systemd,$(INIT)),rmdir $(DESTDIR)$(SYSTEMD)/system/wpa_supplicant*@.service.d)

# For 64-bit ARM, and the unit tests and vectors in QEMU, user mode: a quarter of an hour on two cores.
arm64: setup
	@tests/arm64/run.sh

vectors:
	@python3 -B tests/vectors/command.py target/macveil

# What images get: the limits of size, the unit tests of what is left without features, and whether the static
# program works in an empty root.
images: static small
	cargo test --quiet --no-default-features --lib
	$(call limit,target/macveil-small.xz,1000000)
	@python3 -B tests/vectors/command.py --empty-root target/macveil-static

lab:
	@cargo test --quiet --test lab

# Every story on every kernel and method: about an hour on two cores.
lab-all: setup release
	@cargo test --quiet --test lab -- --all

# Two days of trouble, one with kills of macveil: about 20 minutes on two cores, and 2 GB of memory.
day: setup release
	@cargo test --quiet --test lab -- --kernel 6.1 --story day --story day-with-kills

# Whether the simulation notices when one line of a state machine is broken: some minutes.
mutants:
	@python3 -u tests/sim/mutants.py

# Whether audit and tshark read the same in a million frames of every kind of capture: four minutes on two cores.
readers: setup
	@MACVEIL_FRAMES=1000000 cargo test --quiet --release --test readers -- --nocapture

# Which lines of the pure modules no test watches: docs/mutants.md. About a day on two cores; MUTANTS='--re REGEX' or
# MUTANTS='--in-diff FILE' tries only a part. Installs cargo-mutants from crates.io below target/.
MUTANTS ?=
mutants-all:
	cargo install --quiet --locked --root target/tools cargo-mutants@27.1.0
	CARGO_PROFILE_DEV_DEBUG=0 MACVEIL_SIM_STEPS=60000 PROPTEST_RNG_SEED=1 \
		target/tools/bin/cargo-mutants mutants --workspace --output target/mutants-all $(MUTANTS)

# All programs play the same stories, and docs/benchmarks.md is written: about half an hour on two cores.
# Its Debian packages (macchanger, and those of the lab) are installed in its guests, not on this machine.
# Less, to look at only: cargo test --test lab -- bench --story outages
bench: setup release
	@tests/bench/setup.sh
	cargo build --quiet --release --bench changes
	@cp -f "$$(ls -t target/release/deps/changes-* | grep -v '\.d$$' | head -n 1)" target/changes
	@cargo test --quiet --test lab -- bench

# Another beginning: MACVEIL_SIM_SEED=1000000 make soak
soak:
	MACVEIL_SIM_STEPS=10000000 MACVEIL_SIM_STORY_STRIDE=1 MACVEIL_SIM_STORY_PLAYS=100000 \
		cargo test --quiet --release --test sim -- --nocapture --test-threads 1 bad_days stories_in_which
	PROPTEST_CASES=20000 cargo test --quiet --release --package macveil-core --lib promise

# Longer: FUZZ_SECONDS=600 make fuzz. One parser: fuzz/run.py wpa_table
fuzz: setup
	@python3 -u fuzz/run.py

# The source as it is committed, for the recipes in contrib. Yocto would take the crates of every Cargo.lock.
dist:
	git archive --format=tar.gz --prefix=macveil-$(VERSION)/ --output=target/macveil-$(VERSION).tar.gz HEAD . ':!fuzz'
	@echo target/macveil-$(VERSION).tar.gz

# Of the committed source. Two release builds: about six minutes on two cores.
release-files:
	@contrib/release/build

# Two or four release builds.
reproduced:
	@contrib/release/compare

# Installs cargo-deny from crates.io below target/. `make deny DENY=advisories` also needs the database of
# advisories, which cargo-deny fetches with git.
DENY ?= licenses bans sources
deny:
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --root target/tools cargo-deny@0.20.2
	target/tools/bin/cargo-deny --all-features --locked check $(DENY)

# Installs shellcheck, nix-bin and rpmlint with apt, and oelint-adv from PyPI below target/.
recipes:
	@python3 -B tests/recipes/run.py

# Needs Rust, dpkg-dev and debhelper. Runs lintian where it is installed.
deb:
	@contrib/debian/build

# Installs with apt what the package is built and checked with.
deb-tools:
	@contrib/debian/install-tools

# Needs rpm and rpmlint, which it installs with apt. Compiles from the archive: some minutes on two cores.
rpm: setup deb-tools deb dist
	@contrib/rpm/build
	@python3 -B tests/package/rpm.py

# Boots machines that debootstrap makes, 32 times: about 40 minutes, and 2 GB in target/package. One way on one release:
# make package PACKAGE='trixie laptop'
package: setup deb-tools deb
	@python3 -B -u tests/package/run.py $(PACKAGE)

# What status --watch, explain and doctor look like on a terminal, into docs/images, by a real run.
screens: setup release
	@cargo test --quiet --test lab -- --kernel 6.1 --method driver --story screens --guests 1
	@python3 -B tests/lab/screens.py target/lab/results/guest-0/console docs/images

# Draws pictures below target/demo. MACVEIL_WRITE=1 make demo replaces those of the documentation
demo: setup release
	@cargo test --quiet --test lab -- demo
