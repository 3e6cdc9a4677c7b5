#!/usr/bin/env python3
"""Prints a bill of materials (CycloneDX 1.5, JSON) of the program: the crates that are compiled into it.

It depends on Cargo.toml and Cargo.lock only, so that the same source gives the same text.

    sbom.py [TARGET]        such as x86_64-unknown-linux-gnu
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "macveil"


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def reached(nodes, first):
    """The first crate and all that it needs to be compiled, but for its tests."""
    found, waiting = {}, [first]
    while waiting:
        name = waiting.pop()
        if name not in found:
            needed = [one["pkg"] for one in nodes[name]["deps"] if any(it["kind"] != "dev" for it in one["dep_kinds"])]
            found[name] = sorted(needed)
            waiting += needed
    return found


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums):
    entry = {
        "type": "application" if package["name"] == PROGRAM else "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package["license"]:
        # Cargo's old form of "or".
        entry["licenses"] = [{"expression": re.sub(r"\s*/\s*", " OR ", package["license"])}]
    checksum = checksums.get((package["name"], package["version"]))
    if checksum:
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return entry


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else "x86_64-unknown-linux-gnu"
    known = metadata(target)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}
    packages = {one["id"]: one for one in known["packages"]}
    first = next(name for name, one in packages.items() if one["name"] == PROGRAM)
    graph = reached({node["id"]: node for node in known["resolve"]["nodes"]}, first)
    names = sorted(graph, key=lambda name: purl(packages[name]))
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(packages[first], checksums)},
        "components": [component(packages[name], checksums) for name in names if name != first],
        "dependencies": [
            {"ref": purl(packages[name]), "dependsOn": sorted({purl(packages[one]) for one in graph[name]})}
            for name in names
        ],
    }
    print(json.dumps(bom, indent=1))


if __name__ == "__main__":
    main()
