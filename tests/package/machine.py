"""Machines as debootstrap makes them, and their owner."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "target" / "package"
# A minimal Debian with systemd, what a laptop on Wi-Fi has, and `make`.
PROGRAMS = "systemd-sysv,udev,kmod,iproute2,wpasupplicant,dbus,procps,sudo,initramfs-tools,make"
HOME = """\
network={
    ssid="Home"
    psk="correct horse battery"
}
"""
PROFILE = """\
[connection]
id=Home
uuid=2815492f-7e56-435e-b2e9-246bd7cdc664
type=wifi
interface-name=wlan0

[wifi]
mode=infrastructure
ssid=Home
cloned-mac-address=stable

[wifi-security]
key-mgmt=wpa-psk
psk=correct horse battery

[ipv4]
method=auto
"""


def say(text):
    print(f"package: {text}", flush=True)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def within(root, *command):
    run("chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command, stdout=subprocess.DEVNULL)


def write(path, text, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def fresh(release, has_networkmanager):
    """A root that is kept in target/package and never booted."""
    name = f"{release}-networkmanager" if has_networkmanager else release
    place = PLACE / "fresh" / name
    if (place / "done").exists():
        return place / "root"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    if has_networkmanager:
        run("cp", "-a", "--reflink=auto", fresh(release, False), place / "root")
        say(f"NetworkManager for {release}")
        within(place / "root", "apt-get", "-qq", "-y", "--no-install-recommends", "install", "network-manager")
    else:
        debootstrap(release, place)
    (place / "done").touch()
    return place / "root"


def debootstrap(release, place):
    if not shutil.which("debootstrap"):
        say("apt-get install debootstrap")
        run("apt-get", "-qq", "-y", "install", "debootstrap", stdout=subprocess.DEVNULL)
    say(f"a fresh Debian {release} with debootstrap: a minute or two")
    with open(place / "log", "w") as log:
        run("debootstrap", "--variant=minbase", f"--include={PROGRAMS}", release, place / "root", stdout=log)


def laptop(root):
    """wpa_supplicant alone, with the control socket that Debian's example has; systemd-networkd for DHCP."""
    write(root / "etc/wpa_supplicant/wpa_supplicant-wlan0.conf", "ctrl_interface=/run/wpa_supplicant\n" + HOME, 0o600)
    write(root / "etc/systemd/network/wlan0.network", "[Match]\nName=wlan0\n[Network]\nDHCP=yes\n")
    within(root, "systemctl", "enable", "-q", "wpa_supplicant@wlan0", "systemd-networkd")


def device(root):
    """What is in an image besides macveil."""
    laptop(root)
    configuration = root / "etc/wpa_supplicant/wpa_supplicant-wlan0.conf"
    write(configuration, "ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev\n" + HOME, 0o600)


def networkmanager(root):
    write(root / "etc/NetworkManager/system-connections/Home.nmconnection", PROFILE, 0o600)


def owner(root):
    """An ordinary user with sudo, and the source with what `make` has built from it."""
    write(root / "etc/hostname", "laptop\n")
    write(root / "etc/hosts", "127.0.0.1 localhost\n127.0.1.1 laptop\n")
    write(root / "etc/sudoers.d/ada", "ada ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440)
    within(root, "useradd", "--create-home", "--shell", "/bin/bash", "--groups", "sudo", "ada")
    source = root / "home/ada/macveil"
    (source / "target").mkdir(parents=True)
    files = run("git", "ls-files", "-z", cwd=ROOT, stdout=subprocess.PIPE).stdout
    run("cpio", "--quiet", "-0pdm", source, cwd=ROOT, input=files)
    for built in ("macveil", "manual"):
        run("cp", "-a", ROOT / "target" / built, source / "target")
    (source / "target/deb").mkdir()
    shutil.copy(next((ROOT / "target/deb").glob("macveil_*.deb")), source / "target/deb")
    run("chroot", root, "chown", "-R", "ada:", "/home/ada")
