#!/usr/bin/env python3
"""Compares `macveil generate` of a built program with table.tsv. With --empty-root, also checks that a static
program makes random addresses without any other file, as early in a boot.

    command.py target/macveil
    command.py --empty-root target/macveil-static
    command.py --empty-root qemu-aarch64-static target/macveil-arm64
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OPTIONS = {
    "stable_id": "--stable-id", "uuid": "--uuid", "ssid": "--ssid-hex", "ifname": "--ifname",
    "boot": "--boot-id", "permanent": "--permanent", "initial": "--initial", "current": "--current",
    "mask": "--mask", "binding": "--binding", "slap": "--slap", "security": "--security",
    "generation": "--generation",
}
BAD_USAGE = 2


def cases():
    columns, *rows = (HERE / "table.tsv").read_text().splitlines()
    for row in rows:
        yield {name: cell for name, cell in zip(columns.split("\t"), row.split("\t")) if cell != "-"}


def arguments(case, key):
    key.write_bytes(bytes.fromhex(case["key"]))
    key.chmod(0o600)
    given = [f"{option}={case[name]}" for name, option in OPTIONS.items() if name in case]
    # The machine that runs this has an identity of its own.
    given += [f"--key-file={key}", f"--machine-id={case.get('machine', '')}", f"--at=@{case['time']}"]
    if not {"ssid", "uuid"} & case.keys():
        given.append("--wire")
    given.append(f"--zone={zone(case['zone'])}")
    return ["generate", case["policy"], *given]


def zone(name):
    if name != "UTC":
        return HERE / "zones" / f"{name}.tzif"
    return "/usr/share/zoneinfo/UTC"


def said(program, case, key):
    run = subprocess.run([*program, *arguments(case, key)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode == BAD_USAGE and case["address"] == "refused":
        return "refused"
    return run.stdout.strip() or run.stderr.strip()


def is_random_in_empty_root(program, folder):
    inside = [shutil.copy(shutil.which(it), folder) for it in program]
    inside = [f"/{Path(it).name}" for it in inside]
    enter = ["unshare", "--map-root-user", "--root", folder]
    run = subprocess.run([*enter, *inside, "generate", "random"], stdout=subprocess.PIPE, text=True)
    return run.returncode == 0 and len(run.stdout.strip().split(":")) == 6


def main():
    program = sys.argv[1:]
    in_empty_root = program[:1] == ["--empty-root"]
    program = program[in_empty_root:] or sys.exit(__doc__)
    wrong = total = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases(), start=2):
            answer = said(program, case, Path(folder, "key"))
            total += 1
            if answer != case["address"]:
                wrong += 1
                print(f"line {number}: expected {case['address']}, got {answer}")
    print(f"{' '.join(program)} generate: {total - wrong} of {total} cases as in table.tsv")
    if in_empty_root:
        with tempfile.TemporaryDirectory() as folder:
            if not is_random_in_empty_root(program, folder):
                wrong += 1
                print("no random address in an empty root: does the program read /dev/random?")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
