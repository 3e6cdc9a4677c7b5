#!/usr/bin/env python3
"""The recipes in contrib: whether they install what `make install` does, and what linters say of them.

    run.py --lists    only the first, which needs nothing but make
"""

import shutil
import subprocess
import sys
from pathlib import Path

import lists

ROOT = lists.ROOT
TOOLS = ROOT / "target" / "tools" / "recipes"
DEBIAN = {"shellcheck": "shellcheck", "nix-instantiate": "nix-bin", "rpmlint": "rpmlint"}
PYPI = ["oelint-adv==9.11.2"]
# For shellcheck: what a build system sets or reads; it also ends at the first command that fails.
FOREIGN = "SC2034,SC2154,SC2155,SC2164"
# crates.inc is made from Cargo.lock; a bug tracker, a CVE product and a native variant do not exist; the network is not
# asked.
YOCTO = [
    "oelint.file.includenotfound", "oelint.file.requireinclude", "oelint.var.bbclassextend",
    "oelint.var.suggestedvar.BUGTRACKER", "oelint.var.suggestedvar.CVE_PRODUCT", "oelint.vars.homepageping",
]  # fmt: skip
SHELL = [
    "contrib/busybox/S05macveil", "contrib/debian/build", "contrib/debian/install-tools", "contrib/debian/macveil.prerm",
    "contrib/debian/macveil.postrm", "contrib/hooks/50-dhcp", "contrib/ifupdown/wpasupplicant-macveil", "contrib/rpm/build",
    "contrib/void/files/macveil/run", "contrib/void/files/macveil-hooks/run",
]  # fmt: skip
# Sourced by others, with the shell of each.
SOURCED = {
    "contrib/openrc/macveil": "dash",
    "contrib/openrc/macveil-hooks": "dash",
    "contrib/openwrt/files/macveil.init": "dash",
    "contrib/openwrt/files/macveil-hooks.init": "dash",
    "contrib/arch/PKGBUILD": "bash",
    "contrib/alpine/APKBUILD": "dash",
    "contrib/void/template": "bash",
    "contrib/gentoo/macveil-0.1.0.ebuild": "bash",
}


def say(words):
    print(f"recipes: {words}", flush=True)


def install():
    missing = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    if missing:
        say(f"apt-get install {' '.join(missing)}")
        subprocess.run(["apt-get", "-qq", "update"], check=True)
        command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *missing]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    if not (TOOLS / "bin/oelint-adv").exists():
        say(f"from PyPI into target/tools/recipes: {' '.join(PYPI)}")
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        subprocess.run([TOOLS / "bin/pip", "--quiet", "install", *PYPI], check=True)


def lint(name, *command):
    """What a linter says, if it says anything."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("warning: the group 'nixbld'")]
    if done.returncode:
        return [f"{name}: {line}" for line in said] or [f"{name}: exit status {done.returncode}"]
    say(f"{name}: good")
    return []


def yocto():
    recipe = ROOT / "contrib/yocto/macveil_0.1.0.bb"
    suppressed = [word for rule in YOCTO for word in ("--suppress", rule)]
    return lint("oelint-adv", TOOLS / "bin/oelint-adv", "--quiet", *suppressed, recipe)


def linted():
    found = lint("shellcheck", "shellcheck", *SHELL)
    for path, shell in SOURCED.items():
        found += lint(f"shellcheck {path}", "shellcheck", "--shell", shell, "--exclude", FOREIGN, path)
    for path in ("contrib/nix/package.nix", "contrib/nix/module.nix"):
        found += lint(f"nix-instantiate {path}", "nix-instantiate", "--parse", path)
    found += lint("rpmlint", "rpmlint", "--config", "contrib/rpm/rpmlint.conf", "contrib/rpm/macveil.spec")
    return found + yocto()


def main():
    found = lists.differences()
    if sys.argv[1:] != ["--lists"]:
        install()
        found += linted()
    if found:
        sys.exit("\n".join(found))
    say("each installs what `make install` does")


if __name__ == "__main__":
    main()
