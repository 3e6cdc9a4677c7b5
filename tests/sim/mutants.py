#!/usr/bin/env python3
"""Checks that the simulation notices when a state machine does not do what it must.

One line is broken at a time, in a copy; the simulation must then report a broken promise or a connection that does
not come back. A mutant that survives means that no story watches that line. Lines that another line backs up (what
the kernel reads back too, for example) are not among them.
With words, only the mutants whose description has one of them are tried.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutants"
MACHINE = "crates/core/src/machine/"
WPA = MACHINE + "wpa/"
IWD = MACHINE + "iwd/"
ETHERNET = MACHINE + "ethernet/"
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
     "                let ending = self.ending.unwrap_or(EndReason::Unknown);\n                Disconnecting::begin(cx, self.ssid, ending)",
     "                self.into()"),
    ("a connected supplicant may roam to any BSS", WPA + "peers.rs",
     ".filter(|entry| self.shares(decision, &Joined::of(network, entry)))", ".filter(|_| true)"),
    ("a passive scan is active", WPA + "context.rs",
     "            ssids: Vec::new(),\n            under: None,",
     "            ssids: vec![crate::types::Ssid::wildcard()],\n            under: None,"),
    ("the P2P device is not stopped", WPA + "context.rs",
     "self.core.act(Action::SetP2pDevices { running: false });", "let _ = Action::SetP2pDevices { running: false };"),
    ("the P2P device is not stopped after the link came up", WPA + "machine.rs",
     "                if link.up && !was_up {", "                if link.up && !was_up && self.state.is_none() {"),
    ("beacons without a name have no limit", "crates/core/src/scan/hidden.rs",
     "spent.saturating_add(self.interval) <= self.interval.saturating_mul(self.burst)",
     "spent.saturating_add(self.interval) <= self.interval.saturating_mul(self.burst + 99)"),
    ("a connection of another program goes on", STATE + "masking.rs",
     "cx.remark(Remark::ForeignConnection);\n        Self::again(cx, next)",
     "cx.remark(Remark::ForeignConnection);\n        let _ = next;\n        Scanning::begin(cx)"),
    ("a program that is not reached stays connected", STATE + "waiting.rs",
     "        Blocked::until_reached(cx)", "        let _ = Blocked::until_reached;\n        self.into()"),
    ("an access point without an order goes on", STATE + "associated.rs",
     "        Disconnecting::for_another_mode(cx, self.ssid)", "        let _ = Disconnecting::for_another_mode;\n        let _ = cx;\n        self.into()"),
    ("a hotspot starts under an address that was scanned under", STATE + "hotspot.rs",
     "if cx.mask.is_exposed() {", "if cx.mask.is_exposed() && self.is_ordered {"),
    ("a hotspot starts that is no longer wanted", STATE + "hotspot.rs",
     "            return Scanning::begin(cx);\n        };", "            let _ = Scanning::begin;\n            cx.request(Request::Status);\n            return self.into();\n        };"),
    ("an attempt goes on under an address that another program used", STATE + "associating.rs",
     "self.step == Step::Agreeing && cx.is_connected_by_others(event)",
     "self.step == Step::Agreeing && cx.is_connected_by_others(event) && self.is_authenticated"),
    ("random addresses have no limit", MACHINE + "budget.rs",
     "(drawn.refilled(now).left == 0).then_some(drawn.last)", "(drawn.refilled(now).left == u32::MAX).then_some(drawn.last)"),
    ("the guard stays as it was set first", MACHINE + "link/guard.rs",
     "(self.ordered.replace(wanted) != Some(wanted)).then_some(wanted)",
     "self.ordered.replace(wanted).is_none().then_some(wanted)"),
    ("iwd: an attempt under a wrong address goes on", IWD + "state/connecting.rs",
     "        Refused::begin(cx, self.network, IwdProblem::AddressUnused)\n    }\n\n    pub(super) const fn network",
     "        State::Connecting(self)\n    }\n\n    pub(super) const fn network"),
    ("iwd: a connection under a wrong address is kept", IWD + "state/connected.rs",
     "if cx.is_right(&self.network, address) {", "if cx.is_right(&self.network, address) || true {"),
    ("iwd: no address is written", IWD + "assignment.rs",
     "        if !right && !written.is_pending {\n            written.is_pending = true;",
     "        if !right && !written.is_pending && written.is_used {\n            written.is_pending = true;"),
    ("iwd: a scan while connected goes on", IWD + "context.rs",
     "            self.core.act(Action::AbortScan);\n            self.ended_scans.begin", "            self.ended_scans.begin"),
    ("iwd: another network's address is right, too", IWD + "assignment.rs",
     "Some(written) => written.address == address || written.former == Some(address),", "Some(_) => true,"),
    ("Ethernet: a link in use is taken down", ETHERNET + "state/unmanaged.rs",
     "if !link.carrier {", "if !link.carrier || link.up {"),
    ("Ethernet: a link in use at the start is taken down", ETHERNET + "state/mod.rs",
     "        if cx.core.link.carrier {\n            return Self::as_connected(cx);\n        }\n        Setting", "        Setting"),
    ("Ethernet: the link comes up under another address", ETHERNET + "state/setting.rs",
     "            Step::Up if !has_address => {", "            Step::Up if !has_address && !link.up => {"),
    ("Ethernet: another program's address stays", ETHERNET + "state/unplugged.rs",
     "(false, false) => Self::dispute(cx),", "(false, false) => State::Unplugged(self),"),
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
    run = subprocess.run(build[:-1], cwd=COPY / "tree", env=environment, text=True, timeout=1200,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return run.returncode == 0, time.monotonic() - begin, run.stdout


def main():
    copy()
    passed, seconds, printed = simulate()
    if not passed:
        sys.exit(f"the simulation fails without any mutant:\n{printed}")
    print(f"as it is: no promise broken in {seconds:.1f} s")
    alive = []
    mutants = [it for it in MUTANTS if not sys.argv[1:] or any(word in it[0] for word in sys.argv[1:])]
    for what, name, original, mutant in mutants:
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
        sys.exit(f"{len(alive)} of {len(mutants)} mutants live")
    print(f"{len(mutants)} mutants, all found")


if __name__ == "__main__":
    main()
