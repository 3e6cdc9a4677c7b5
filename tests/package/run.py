#!/usr/bin/env python3
"""The Debian package on a fresh Debian that boots: installed, run, upgraded, purged.

The machine is what debootstrap makes, in a guest with a virtual radio, an access point and a sniffer
that are no part of it. Its owner does what docs/getting-started.md says and no more. Each boot's frames
are judged; the boots without macveil have to leak, or the judge would prove nothing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import capture

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PLACE = ROOT / "target" / "package"
FRESH = PLACE / "fresh"
MACHINE = PLACE / "machine"
KERNEL = ROOT / "target" / "lab" / "kernel-6.1"
MACVEIL = ROOT / "target" / "macveil"
# A minimal Debian with systemd, and what a laptop on Wi-Fi has.
PROGRAMS = "systemd-sysv,udev,kmod,iproute2,wpasupplicant,dbus,procps"
# hwsim's first radio, and the address that wpa_supplicant's P2P device makes of it.
PERMANENT = ["02:00:00:00:00:00", "42:00:00:00:00:00"]
PATIENCE = 600
# Where running and installing anything leaves traces.
PASSING = ("var/log/", "var/cache/", "var/lib/dpkg/", "var/lib/apt/", "var/lib/systemd/", "run/", "tmp/", "dev/")


@dataclass
class Boot:
    """What the owner does in it, and whether the card may show its permanent address."""

    step: str
    leaks: bool


BOOTS = [
    Boot("before", leaks=True),
    Boot("install", leaks=True),
    Boot("look", leaks=False),
    Boot("upgrade", leaks=False),
    Boot("hang", leaks=False),
    Boot("purge", leaks=False),
    Boot("after", leaks=True),
]


def say(text):
    print(f"package: {text}", flush=True)


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def prepare():
    if not shutil.which("debootstrap"):
        say("apt-get install debootstrap")
        run("apt-get", "-qq", "-y", "install", "debootstrap", stdout=subprocess.DEVNULL)
    if not (FRESH / "done").exists():
        say("a fresh Debian with debootstrap: some minutes")
        shutil.rmtree(FRESH, ignore_errors=True)
        PLACE.mkdir(parents=True, exist_ok=True)
        with open(PLACE / "debootstrap.log", "w") as log:
            run("debootstrap", "--variant=minbase", f"--include={PROGRAMS}", "bookworm", FRESH / "root", stdout=log)
        (FRESH / "done").touch()
    shutil.rmtree(MACHINE, ignore_errors=True)
    run("cp", "-a", "--reflink=auto", FRESH / "root", MACHINE)
    (MACHINE / "etc/hostname").write_text("laptop\n")


def packages():
    """The package, and one that differs from it by its version only."""
    package = next((ROOT / "target/deb").glob("macveil_*.deb"))
    tree = PLACE / "next"
    shutil.rmtree(tree, ignore_errors=True)
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    text = control.read_text()
    version = next(line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(version, version + "+next"))
    run("dpkg-deb", "--root-owner-group", "--build", tree, PLACE / "next.deb", stdout=subprocess.DEVNULL)
    return package, PLACE / "next.deb"


def initramfs(target):
    """The lab's, with another first process."""
    addition = PLACE / "addition"
    shutil.rmtree(addition, ignore_errors=True)
    (addition / "owner").mkdir(parents=True)
    shutil.copy(HERE / "init", addition)
    shutil.copy(HERE / "owner.service", addition / "owner")
    archive = run("sh", "-c", "find . | cpio --quiet -o -H newc --owner=0:0", cwd=addition, stdout=subprocess.PIPE)
    target.write_bytes((KERNEL / "initramfs").read_bytes() + archive.stdout)


def boot(step, folder):
    """Boots the machine for one step of its owner's; what was said and heard is in the folder then."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    text = (HERE / "steps/common.sh").read_text() + (HERE / f"steps/{step}.sh").read_text()
    (folder / "step.sh").write_text(text)
    package, following = packages()
    shutil.copy(package, folder / "macveil.deb")
    shutil.copy(following, folder / "macveil-next.deb")
    share = "local,path={},mount_tag={},security_model=none,multidevs=remap"
    with open(folder / "console", "wb") as console:
        run(
            "qemu-system-x86_64",
            *("-accel", "tcg,thread=single", "-smp", "1", "-m", "768"),
            *("-icount", "shift=1,sleep=off,align=off"),
            *("-kernel", KERNEL / "vmlinux", "-initrd", PLACE / "initramfs"),
            *("-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off cryptomgr.notests=1"),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *("-device", "virtio-rng-pci"),
            *("-virtfs", share.format(folder, "out"), "-virtfs", share.format(MACHINE, "machine")),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
        )


def judge(folder):
    """Frames under the permanent address and data frames, counted here, and what `macveil audit` says."""
    heard = list(capture.frames(folder / "air.pcap"))
    permanent = sum(frame.transmitter in PERMANENT for frame in heard)
    data = sum(frame.is_data_of_station for frame in heard)
    known = [word for address in PERMANENT for word in ("--permanent", address)]
    audit = subprocess.run([MACVEIL, "audit", folder / "air.pcap", *known], capture_output=True, text=True)
    (folder / "audit").write_text(audit.stdout + audit.stderr)
    return permanent, data, audit.returncode


def play(boot_of, folder):
    """What is wrong with a boot, if anything."""
    boot(boot_of.step, folder)
    outcome = folder / "outcome"
    if not outcome.exists():
        return "the machine did not get to its end"
    if outcome.read_text().strip() != "0":
        return "the owner's commands failed:\n" + (folder / "said").read_text()
    permanent, data, verdict = judge(folder)
    print((folder / "said").read_text(), end="")
    say(f"{boot_of.step}: {permanent} frames under the permanent address, {data} data frames, audit says {verdict}")
    if not data:
        return "no data frame: it was not connected on the air"
    if boot_of.leaks and not (permanent and verdict == 1):
        return "without macveil it leaks, and the judge did not see it"
    if not boot_of.leaks and (permanent or verdict):
        return "it leaks:\n" + (folder / "audit").read_text()
    return None


def files():
    everything = (path.relative_to(MACHINE) for path in MACHINE.rglob("*"))
    return {str(path) for path in everything if not str(path).startswith(PASSING)}


def main():
    if os.geteuid() != 0:
        os.execvp("sudo", ["sudo", sys.executable, __file__])
    prepare()
    initramfs(PLACE / "initramfs")
    before = None
    for number, one in enumerate(BOOTS):
        problem = play(one, PLACE / "boots" / f"{number}-{one.step}")
        if problem:
            sys.exit(f"package: {one.step}: {problem}")
        before = before or files()
    left = files() - before
    if left:
        sys.exit("package: left behind by purging:\n" + "\n".join(sorted(left)))
    say("installed, run, upgraded and purged; nothing left behind")


if __name__ == "__main__":
    main()
