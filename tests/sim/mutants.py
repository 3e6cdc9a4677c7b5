#!/usr/bin/env python3
"""Checks that the simulation notices when the state machine for wpa_supplicant does not do what it must.

One line is broken at a time, in a copy; the simulation must then report a broken promise or a connection that does
not come back. A mutant that survives means that no story watches that line. Lines that another line backs up (what
the kernel reads back too, for example) are not among them.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutants"
WPA = "crates/core/src/machine/wpa/"
STATE = WPA + "state/"

# What is broken, where, what stands there (once), and what takes its place.
MUTANTS = [
    ("no mask at the start", STATE + "waiting.rs",
     "return Masking::begin(cx, NextState::Wait);", "return Self::begin(cx);"),
    ("a mask is not read back", STATE + "masking.rs",
     "if link.address == self.mask && (link.up || self.how != How::Cycle) {", "if link.up || self.how != How::Cycle {"),
    ("the mask is the initial address", WPA + "context.rs",
     "        self.mask.previous = Some(mask);\n        mask", "        self.mask.previous = Some(mask);\n        self.card.initial"),
    ("no mask when the supplicant disappears", STATE + "mod.rs",
     "    fn supplicant_vanished(self, cx: &mut Context) -> State {\n        Masking::begin(cx, NextState::Wait)",
     "    fn supplicant_vanished(self, _cx: &mut Context) -> State {\n        self.into()"),
    ("a failed attempt is not undone", STATE + "associating.rs",
     "        Disconnecting::after_failure(cx)", "        super::Scanning::begin(cx)"),
    ("a supplicant that comes back is not connected to", STATE + "blocked.rs",
     "        self.next = NextState::Wait;\n        self.into()", "        self.next = self.next;\n        self.into()"),
    ("an association does not get its assigned address", WPA + "assignment.rs",
     "            assignment.drawn = None;\n            return Ok(derivation.address);",
     "            assignment.drawn = None;\n            return Ok(self.core.link.address);"),
    ("every network is probed by name", WPA + "networks.rs",
     "filter(|network| network.hidden)", "filter(|_| true)"),
    ("an old scan result is a candidate", "crates/core/src/scan/planner.rs",
     ".filter(|bss| u128::from(bss.ms_ago) <= elapsed)", ".filter(|bss| u128::from(bss.ms_ago) <= elapsed + 60_000)"),
    ("the end of an association is not noticed", STATE + "associated.rs",
     "                let ending = self.ending.filter(|_| !self.has_failed);\n                Disconnecting::begin(cx, self.ssid, ending.unwrap_or(EndReason::Unknown))",
     "                self.into()"),
]


def copy():
    shutil.rmtree(COPY / "tree", ignore_errors=True)
    (COPY / "tree").mkdir(parents=True)
    for name in ["Cargo.toml", "Cargo.lock", "clippy.toml"]:
        shutil.copy(ROOT / name, COPY / "tree" / name)
    for name in ["src", "crates", "tests", "benches", "contrib"]:
        # As new files: what was built of a mutant before is older.
        shutil.copytree(ROOT / name, COPY / "tree" / name, copy_function=shutil.copy)


def simulate():
    """The simulation's outcome: whether it passed, and what it printed."""
    environment = dict(os.environ, CARGO_TARGET_DIR=str(COPY / "target"), MACVEIL_SIM_STEPS="2000000")
    build = ["cargo", "test", "--quiet", "--test", "sim", "--no-run"]
    subprocess.run(build, cwd=COPY / "tree", env=environment, check=True, stderr=subprocess.PIPE)
    begin = time.monotonic()
    run = subprocess.run(build[:-1], cwd=COPY / "tree", env=environment, text=True, timeout=300,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return run.returncode == 0, time.monotonic() - begin, run.stdout


def main():
    copy()
    passed, seconds, printed = simulate()
    if not passed:
        sys.exit(f"the simulation fails without any mutant:\n{printed}")
    print(f"as it is: no promise broken in {seconds:.1f} s")
    alive = []
    for what, name, original, mutant in MUTANTS:
        path = COPY / "tree" / name
        text = path.read_text()
        if text.count(original) != 1:
            sys.exit(f"{name}: what the mutant \"{what}\" replaces is there {text.count(original)} times")
        path.write_text(text.replace(original, mutant))
        passed, seconds, _ = simulate()
        path.write_text(text)
        print(f"{what}: {'LIVES' if passed else 'found'} after {seconds:.1f} s", flush=True)
        if passed:
            alive.append(what)
    if alive:
        sys.exit(f"{len(alive)} of {len(MUTANTS)} mutants live")
    print(f"{len(MUTANTS)} mutants, all found")


if __name__ == "__main__":
    main()
