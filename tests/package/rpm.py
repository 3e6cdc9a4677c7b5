#!/usr/bin/env python3
"""The RPM package in trees of its own: has what the Debian package has, is installed, upgraded and erased.

RPM's scripts are recorded by a systemctl that only writes down what it was asked.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "target" / "rpm"
TREE = PLACE / "machine"
CONFIGURATION = TREE / "etc/macveil/macveil.toml"
EDITED = "log-identities = true\n"
# What the scripts have to ask of systemd, in this order.
ASKED = {
    "install": ["--no-reload preset macveil.service macveil-hooks.service"],
    "upgrade": ["try-restart macveil.service macveil-hooks.service"],
    "erase": ["--no-reload disable --now macveil.service macveil-hooks.service"],
}
# Of whose form each kind of package has its own.
OF_DEBIAN = re.compile(r"/usr/share/doc/macveil/(copyright|changelog\.gz)|/usr/share/lintian/.*")
OF_RPM = re.compile(r"/usr/share/licenses/macveil/LICENSE-(APACHE|MIT)|/usr/lib/\.build-id/.*")


def say(text):
    print(f"rpm: {text}", flush=True)


def said(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def rpm(*words):
    # Debian's shell is not a package of RPM's.
    return said("rpm", "--root", TREE, *words)


def files_of_rpm(package):
    """Paths with their modes, as the Debian package has them."""
    found = {}
    for line in said("rpm", "-qp", "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\n]", package).splitlines():
        mode, path = line.split(" ", 1)
        path = re.sub(r"(/usr/share/(?:doc|licenses)/macveil)-[0-9.]+(/|$)", r"\1\2", path)
        path = path.replace("/zsh/site-functions/", "/zsh/vendor-completions/")
        if not mode.startswith("d") and not OF_RPM.fullmatch(path):
            found[path] = mode
    return found


def files_of_deb(package):
    found = {}
    for line in said("dpkg-deb", "--contents", package).splitlines():
        mode, _, _, _, _, path = line.split(None, 5)
        path = re.sub(r"^/lib/", "/usr/lib/", path.removeprefix(".").split(" -> ")[0])
        if not mode.startswith("d") and not OF_DEBIAN.fullmatch(path):
            # Debian compresses what is long.
            found[re.sub(r"(/usr/share/doc/.*)\.gz$", r"\1", path)] = mode
    return found


def compare(rpm_package, deb_package):
    ours, theirs = files_of_rpm(rpm_package), files_of_deb(deb_package)
    if ours != theirs:
        lines = [f"  RPM    {mode} {path}" for path, mode in sorted(ours.items() - theirs.items())]
        lines += [f"  Debian {mode} {path}" for path, mode in sorted(theirs.items() - ours.items())]
        sys.exit("rpm: not what the Debian package has:\n" + "\n".join(lines))
    say(f"{len(ours)} files, as the Debian package has them")


def make_tree():
    """A shell and what writes down; nothing else."""
    shutil.rmtree(TREE, ignore_errors=True)
    (TREE / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "target/lab/root/usr/bin/busybox", TREE / "bin/sh")
    systemctl = TREE / "bin/systemctl"
    systemctl.write_text('#!/bin/sh\necho "$@" >>/asked\n')
    systemctl.chmod(0o755)
    rpm("--initdb")


def files_in_tree():
    """Without RPM's own, and without directories that are other packages'."""
    found = ((path.relative_to(TREE), path) for path in TREE.rglob("*"))
    ours = {str(name) for name, path in found if not path.is_dir() or "macveil" in name.name}
    return {name for name in ours if not re.match(r"asked$|(var|usr)/lib/(rpm|sysimage)/", name)}


def asked():
    """What systemctl was asked since the last time."""
    record = TREE / "asked"
    lines = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return lines


def expect(truth, what):
    if not truth:
        sys.exit(f"rpm: {what}")


def live(package, following):
    make_tree()
    before = files_in_tree()
    rpm("--install", "--nodeps", package)
    expect(asked() == ASKED["install"], "installing it asks something else of systemd")
    expect(rpm("--verify", "--nodeps", "macveil") == "", "what is installed is not what was packed")
    program = TREE / "usr/bin/macveil"
    version = said(program, "--version")
    expect(version.startswith("macveil "), f"it says {version!r}")
    said(program, "check", "--config", CONFIGURATION)

    CONFIGURATION.write_text(EDITED)
    rpm("--upgrade", "--nodeps", following)
    expect(asked() == ASKED["upgrade"], "upgrading it asks something else of systemd")
    expect(CONFIGURATION.read_text() == EDITED, "upgrading it overwrites an edited configuration")
    offered = CONFIGURATION.with_name("macveil.toml.rpmnew")
    expect(offered.exists(), "the next configuration is not offered")
    offered.unlink()

    rpm("--erase", "macveil")
    expect(asked() == ASKED["erase"], "erasing it asks something else of systemd")
    saved = CONFIGURATION.with_name("macveil.toml.rpmsave")
    expect(saved.read_text() == EDITED, "erasing it loses an edited configuration")
    saved.unlink()
    CONFIGURATION.parent.rmdir()
    left = files_in_tree() - before
    expect(not left, "left behind by erasing:\n" + "\n".join(sorted(left)))
    say("installed, upgraded and erased; an edited configuration is kept, nothing else is left behind")


def main():
    package = next(PLACE.glob("macveil-[0-9]*.rpm"))
    compare(package, next((ROOT / "target/deb").glob("macveil_*.deb")))
    live(package, next((PLACE / "next").glob("macveil-[0-9]*.rpm")))


if __name__ == "__main__":
    main()
