#!/usr/bin/env python3
"""The ways of the documentation on Debian 12 and 13: from nothing to protected, and back.

The machine is what debootstrap makes, in a guest with a virtual radio, an access point and a sniffer
that are no part of it. Its owner, an ordinary user with sudo, types what the pages say (pages.py), and no more.
Each boot's frames are judged; the boots without macveil have to leak, or the judge would prove nothing.

    run.py                               everything
    run.py bookworm laptop               one release, one way
    run.py bookworm laptop 3-look        from this step on, with the machine as it was left
    run.py --check                       only whether steps and pages agree
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import capture
import machine
import pages
from machine import PLACE, ROOT, run, say

HERE = Path(__file__).resolve().parent
MACVEIL = ROOT / "target" / "macveil"
# hwsim's first radio, and the address that wpa_supplicant's P2P device makes of it.
PERMANENT = ["02:00:00:00:00:00", "42:00:00:00:00:00"]
PATIENCE = 3600
# Waiting takes no time in these. Elsewhere that would include waiting for this machine's disk, and
# everything would time out when it is busy.
TIMELESS = ("4-hang",)
# The releases, each with its kernel.
KERNELS = {"bookworm": "kernel-6.1", "trixie": "kernel-6.12"}
# Where running and installing anything leaves traces.
PASSING = ("var/log/", "var/cache/", "var/lib/dpkg/", "var/lib/apt/", "var/lib/systemd/", "run/", "tmp/", "dev/",
           "home/", "srv/", "var/lib/NetworkManager/", "root/", "var/lib/sudo/",
           # When systemd last saw /usr change.
           "etc/.updated", "var/.updated")  # fmt: skip
# What the frames of a boot must show.
LEAKS, KEEPS, NOTHING = "leaks", "keeps the promise", "no station"
# Another program decides on scans: not the permanent address, but more is not promised.
HIDES = "hides"


@dataclass
class Way:
    """What is on the machine before, and what each boot's frames must show."""

    frames: list
    given: object
    has_networkmanager: bool = False
    # The steps that happen where an image is built, not on the device.
    builder: tuple = ()


WAYS = {
    "laptop": Way([LEAKS, LEAKS, KEEPS, KEEPS, KEEPS, KEEPS, LEAKS], machine.laptop),
    "image": Way([NOTHING, KEEPS, NOTHING, LEAKS], machine.device, builder=("1-build", "3-remove")),
    "networkmanager": Way([HIDES, HIDES, KEEPS, HIDES, HIDES], machine.networkmanager, has_networkmanager=True),
}


def machines(release, name):
    """The machine of its owner, and the one that the story is about, which is the same unless it is an image."""
    owners = PLACE / f"machine-{release}-{name}"
    return owners, owners / pages.IMAGE.lstrip("/") if WAYS[name].builder else owners


def prepare(release, way, owners, subject):
    shutil.rmtree(owners, ignore_errors=True)
    run("cp", "-a", "--reflink=auto", machine.fresh(release, way.has_networkmanager), owners)
    if way.builder:
        subject.parent.mkdir(exist_ok=True)
        run("cp", "-a", "--reflink=auto", machine.fresh(release, False), subject)
        machine.owner(subject)
    machine.owner(owners)
    way.given(subject)


def next_package():
    """One that differs from the package by its version only."""
    package = next((ROOT / "target/deb").glob("macveil_*.deb"))
    tree = PLACE / "next"
    shutil.rmtree(tree, ignore_errors=True)
    PLACE.mkdir(parents=True, exist_ok=True)
    run("dpkg-deb", "--raw-extract", package, tree)
    control = tree / "DEBIAN/control"
    text = control.read_text()
    version = next(line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(version, version + "+next"))
    run("dpkg-deb", "--root-owner-group", "--build", tree, PLACE / "next.deb", stdout=subprocess.DEVNULL)


def initramfs(kernel):
    """The lab's, with another first process."""
    addition = PLACE / "addition"
    shutil.rmtree(addition, ignore_errors=True)
    (addition / "owner").mkdir(parents=True)
    shutil.copy(HERE / "init", addition)
    shutil.copy(HERE / "owner.service", addition / "owner")
    archive = run("sh", "-c", "find . | cpio --quiet -o -H newc --owner=0:0", cwd=addition, stdout=subprocess.PIPE)
    (PLACE / f"initramfs-{kernel.name}").write_bytes((kernel / "initramfs").read_bytes() + archive.stdout)


def boot(step, root, kernel, folder):
    """Boots the machine for one step of its owner's; what was said and heard is in the folder then."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "step.sh").write_text((HERE / "common.sh").read_text() + pages.script(step))
    shutil.copy(PLACE / "next.deb", folder / "macveil-next.deb")
    share = "local,path={},mount_tag={},security_model=none,multidevs=remap"
    with open(folder / "console", "wb") as console:
        run(
            "qemu-system-x86_64",
            *("-accel", "tcg,thread=single", "-smp", "1", "-m", "768"),
            *("-icount", f"shift=1,sleep={'off' if step.stem in TIMELESS else 'on'},align=off"),
            *("-kernel", kernel / "vmlinux", "-initrd", PLACE / f"initramfs-{kernel.name}"),
            *("-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off cryptomgr.notests=1"),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *("-device", "virtio-rng-pci"),
            *("-virtfs", share.format(folder, "out"), "-virtfs", share.format(root, "machine")),
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


def problem_of(expected, folder):
    """What is wrong with a boot that is over, if anything."""
    outcome = folder / "outcome"
    if not outcome.exists():
        return "the machine did not get to its end"
    if outcome.read_text().strip() != "0":
        return "the owner's commands failed:\n" + (folder / "said").read_text()
    print((folder / "said").read_text(), end="")
    if expected == NOTHING:
        return None
    permanent, data, verdict = judge(folder)
    say(f"{permanent} frames under the permanent address, {data} data frames, audit says {verdict}")
    if not data:
        return "no data frame: it was not connected on the air"
    if expected == LEAKS and not (permanent and verdict == 1):
        return "without macveil it leaks, and the judge did not see it"
    if expected == HIDES and permanent:
        return "the permanent address is on the air"
    if expected == KEEPS and (permanent or verdict):
        return "it leaks:\n" + (folder / "audit").read_text()
    return None


def files(root):
    everything = (path.relative_to(root) for path in root.rglob("*"))
    return {str(path) for path in everything if not str(path).startswith(PASSING)}


def play(release, name, first):
    """All boots of one way, or those from a step on."""
    began = time.monotonic()
    way = WAYS[name]
    kernel = ROOT / "target/lab" / KERNELS[release]
    owners, subject = machines(release, name)
    if not first:
        prepare(release, way, owners, subject)
    initramfs(kernel)
    before = None
    for step, expected in zip(pages.steps(name), way.frames, strict=True):
        if step.stem < first:
            continue
        root = owners if step.stem in way.builder else subject
        folder = PLACE / "boots" / f"{release}-{name}" / step.stem
        say(f"{release}, {name}, {step.stem}")
        boot(step, root, kernel, folder)
        problem = problem_of(expected, folder)
        if problem:
            sys.exit(f"package: {release}, {name}, {step.stem}: {problem}")
        before = before or files(subject)
    left = files(subject) - before
    shutil.rmtree(owners)
    if left:
        sys.exit(f"package: {release}, {name}: left behind:\n" + "\n".join(sorted(left)))
    say(f"{release}, {name}: to protected and back, nothing left behind, {time.monotonic() - began:.0f} s")


def check():
    problems = [problem for name in WAYS for problem in pages.difference(name)]
    if problems:
        sys.exit("package: " + "\n".join(problems))


def main():
    check()
    words = sys.argv[1:]
    if words == ["--check"]:
        return
    if os.geteuid() != 0:
        os.execvp("sudo", ["sudo", sys.executable, "-B", "-u", __file__, *words])
    next_package()
    for release in [word for word in words if word in KERNELS] or KERNELS:
        for name in [word for word in words if word in WAYS] or WAYS:
            play(release, name, next((word for word in words if word[0].isdigit()), ""))


if __name__ == "__main__":
    main()
