"""What each recipe in contrib installs is what `make install` installs.

Each recipe's own commands run in a copy of the tree in which empty files stand for what would be built; the words that
only its build system knows are replaced by a few lines of shell.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRIB = ROOT / "contrib"
BUILT = [
    "target/macveil",
    "target/release/macveil",
    "target/manual/macveil.1",
    "target/manual/completions/bash/macveil",
    "target/manual/completions/zsh/_macveil",
    "target/manual/completions/fish/macveil.fish",
]
# Licences, documents and examples have other places everywhere.
APART = re.compile(r"usr/share/(doc|licenses)/.*")
# Images have neither.
FOR_PEOPLE = re.compile(r"usr/share/(man|bash-completion|zsh|fish)/.*")
# A NixOS module has the configuration and the services.
OF_MODULE = re.compile(r"etc/.*|usr/lib/(systemd/(system|catalog)|sysusers.d|tmpfiles.d)/.*")


def text(path):
    return (CONTRIB / path).read_text()


def shell_function(path, name):
    return re.search(rf"^{name}\(\) \{{\n(.*?)^\}}", text(path), re.M | re.S)[1]


def make_variable(path, name):
    return re.search(rf"^define {re.escape(name)}\n(.*?)^endef", text(path), re.M | re.S)[1]


def arch():
    return 'pkgdir=$D pkgname=macveil pkgver=0; cd() { :; }\n' + shell_function("arch/PKGBUILD", "package")


def alpine():
    return 'pkgdir=$D pkgname=macveil\n' + shell_function("alpine/APKBUILD", "package")


def void():
    words = """DESTDIR=$D
vsv() { install -D "contrib/void/files/$1/run" "$D/etc/sv/$1/run"; }
vlicense() { install -D "$1" "$D/usr/share/licenses/macveil/$1"; }
"""
    return words + shell_function("void/template", "do_install")


def gentoo():
    words = """emake() { make "$@"; }
newinitd() { install -D "$1" "$D/etc/init.d/$2"; }
dodoc() { :; }
"""
    return words + shell_function("gentoo/macveil-0.1.0.ebuild", "src_install")


def nix():
    commands = re.search(r"postInstall = ''\n(.*?)''", text("nix/package.nix"), re.S)[1]
    return 'out=$D/usr; install -D target/macveil "$out/bin/macveil"\n' + commands


def yocto():
    commands = re.search(r"do_install:append\(\) \{\n(.*?)^\}", text("yocto/macveil_0.1.0.bb"), re.M | re.S)[1]
    commands = re.sub(r"\$\{@bb.utils[^}]*\}", "true", commands)
    return 'S=. sysconfdir=/etc nonarch_libdir=/usr/lib; install -D target/macveil "$D/usr/bin/macveil"\n' + commands


def buildroot(init):
    commands = [make_variable("buildroot/macveil.mk", f"MACVEIL_INSTALL_{part}") for part in ("CONFIGURATION", init)]
    known = {"INSTALL": "install", "TARGET_DIR": "$D", "@D": "."}
    shell = re.sub(r"\$\(([^)]*)\)", lambda word: known[word[1]], "\n".join(commands))
    return 'install -D target/macveil "$D/usr/bin/macveil"\n' + shell


def openwrt():
    commands = make_variable("openwrt/Makefile", "Package/macveil/install")
    known = {"INSTALL_DIR": "install -d", "INSTALL_BIN": "install -m 755", "INSTALL_DATA": "install -m 644", "1": "$D",
             "PKG_INSTALL_DIR": "/tmp/built", "PKG_BUILD_DIR": "."}  # fmt: skip
    shell = re.sub(r"\$\(([^)]*)\)", lambda word: known[word[1]], commands)
    return shell.replace("/tmp/built/bin/macveil", "target/macveil").replace(" ./files/", " contrib/openwrt/files/")


def rpm():
    commands = re.search(r"^%install\n(.*?)^%check", text("rpm/macveil.spec"), re.M | re.S)[1]
    known = dict(re.findall(r"^%(_[a-z]+) (/\S*)$", text("rpm/macros"), re.M))
    known |= {"buildroot": "$D", "_bindir": "/usr/bin", "_sysconfdir": "/etc", "_prefix": "/usr",
              "_mandir": "/usr/share/man", "_datadir": "/usr/share"}  # fmt: skip
    return re.sub(r"%\{([^}]*)\}", lambda word: known[word[1]], commands)


def debian():
    lines = [line.split() for line in text("debian/macveil.install").splitlines()]
    commands = [f'install -d "$D/{place}"; cp -r {source} "$D/{place}"' for source, place in lines]
    for page in text("debian/macveil.manpages").split():
        commands.append(f'install -D {page} "$D/usr/share/man/man{page[-1]}/{Path(page).name}"')
    commands += [f'install -d "$D/{folder}"' for folder in text("debian/macveil.dirs").split()]
    return "\n".join(commands)


def make(init):
    return f'make install DESTDIR="$D" INIT={init}'


OF_OPENWRT = {"etc/init.d/macveil", "etc/init.d/macveil-hooks", "etc/capabilities/macveil.json"}
# Each recipe, the init system whose files it installs, what it may leave out, and what it has besides.
RECIPES = {
    "arch": (arch(), "systemd", None, set()),
    "alpine": (alpine(), "openrc", None, set()),
    "void": (void(), "none", None, {"etc/sv/macveil/run", "etc/sv/macveil-hooks/run"}),
    "gentoo": (gentoo(), "systemd", None, {"etc/init.d/macveil", "etc/init.d/macveil-hooks"}),
    "nix": (nix(), "systemd", OF_MODULE, set()),
    "yocto": (yocto(), "systemd", FOR_PEOPLE, set()),
    "buildroot, systemd": (buildroot("INIT_SYSTEMD"), "systemd", FOR_PEOPLE, set()),
    "buildroot, OpenRC": (buildroot("INIT_OPENRC"), "openrc", FOR_PEOPLE, {"etc/runlevels/boot/macveil"}),
    "buildroot, BusyBox": (buildroot("INIT_SYSV"), "none", FOR_PEOPLE, {"etc/init.d/S05macveil"}),
    "openwrt": (openwrt(), "none", FOR_PEOPLE, OF_OPENWRT),
    "rpm": (rpm(), "systemd", None, set()),
    "debian": (debian(), "systemd", None, {"etc/network/if-pre-up.d/wpasupplicant-macveil"}),
}


def tree(place):
    """The project, with empty files for what is built."""
    for entry in ROOT.iterdir():
        if entry.name not in ("target", ".git"):
            (place / entry.name).symlink_to(entry)
    for name in BUILT:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()


def installed(script, source, place):
    """The files, and the folder for the programs of a machine's owner, which is empty."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "D": str(place)}
    subprocess.run(["bash", "-ec", script], cwd=source, env=environment, check=True, stdout=subprocess.DEVNULL)
    found = (path.relative_to(place) for path in place.rglob("*") if path.is_symlink() or not path.is_dir() or path.name == "hooks.d")
    names = {str(path).replace("zsh/vendor-completions", "zsh/site-functions") for path in found}
    names = {re.sub(r"^lib/", "usr/lib/", name) for name in names}
    # A link to a folder is as good as the folder.
    linked = "usr/lib/systemd/system/wpa_supplicant-nl80211@.service.d"
    names = {f"{linked}/macveil.conf" if name == linked else name for name in names}
    return {name for name in names if not APART.fullmatch(name)}


def differences():
    """Sentences about recipes that install more or less than they should."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        tree(source)

        def run(script):
            place = Path(tempfile.mkdtemp(dir=folder))
            names = installed(script, source, place)
            shutil.rmtree(place)
            return names

        expected = {init: run(make(init)) for init in ("none", "systemd", "openrc")}
        for recipe, (script, init, left_out, besides) in RECIPES.items():
            wanted = {name for name in expected[init] if not left_out or not left_out.fullmatch(name)} | besides
            ours = run(script)
            found += [f"{recipe} does not install {name}" for name in sorted(wanted - ours)]
            found += [f"{recipe} also installs {name}" for name in sorted(ours - wanted)]
    return found
