//! The lab's stories on the simulated air: the same judge, the same checks, and the same frames in the
//! same order.

mod case;
mod checks;
mod faults;
mod player;
mod promise;
mod trouble;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use player::{Player, SEED};

use crate::setup::driver;
use crate::world::{Driver, Quirk};
use macveil_testkit::digest::{self, Digest};
use macveil_testkit::scenarios::{Step, Story, parse, variants};
use macveil_testkit::verdict::weigh;

/// Stories that are not simulated, and why. Whatever cannot be played is here, and nothing else.
const LEFT_OUT: [(&str, &str); 154] = [
    (
        "address-fought-for",
        "what happens at random has no order to compare",
    ),
    ("any-commands-1", "commands are not simulated"),
    ("any-commands-2", "commands are not simulated"),
    ("any-commands-3", "commands are not simulated"),
    ("any-commands-alone", "commands are not simulated"),
    (
        "bgscan-global",
        "wpa_supplicant's own randomization is not simulated",
    ),
    (
        "channel-mode-changes",
        "not every kernel leaves an access point that changes its mode",
    ),
    ("control-connman", "ConnMan is not simulated"),
    ("control-directory-removed", "commands are not simulated"),
    ("control-iwd", "iwd is not simulated"),
    ("control-iwd-edited-carelessly", "iwd is not simulated"),
    ("control-iwd-no-random-scans", "iwd is not simulated"),
    ("control-iwd-scanned-always", "iwd is not simulated"),
    ("control-networkmanager", "NetworkManager is not simulated"),
    ("control-online", "nothing above the link is simulated"),
    ("control-online-iwd", "nothing above the link is simulated"),
    (
        "control-own-randomization",
        "wpa_supplicant's own randomization is not simulated",
    ),
    (
        "control-roam-weak-signal",
        "the threshold of bgscan is not simulated",
    ),
    (
        "control-stale-source",
        "other stations and programs are not simulated",
    ),
    ("control-systemd-hot-plug", "systemd is not simulated"),
    ("control-systemd-networkd", "systemd is not simulated"),
    ("control-systemd-without-link", "systemd is not simulated"),
    (
        "control-trouble",
        "what happens at random has no order to compare",
    ),
    ("crowd", "other stations and programs are not simulated"),
    ("day", "what happens at random has no order to compare"),
    (
        "day-with-kills",
        "what happens at random has no order to compare",
    ),
    ("documented", "systemd is not simulated"),
    ("exit-keep-joining", "the log is not simulated"),
    (
        "exit-restore-bgscan",
        "wpa_supplicant's own randomization is not simulated",
    ),
    ("hotspot", "commands are not simulated"),
    ("hotspot-added", "commands are not simulated"),
    ("hotspot-own-address", "commands are not simulated"),
    ("hour", "what happens at random has no order to compare"),
    ("identity-dhclient", "nothing above the link is simulated"),
    ("identity-dhcpcd", "nothing above the link is simulated"),
    ("identity-networkd", "nothing above the link is simulated"),
    ("identity-udhcpc", "nothing above the link is simulated"),
    ("import-networkmanager", "NetworkManager is not simulated"),
    ("installed-alpine", "nothing above the link is simulated"),
    ("installed-arch", "systemd is not simulated"),
    ("installed-busybox", "nothing above the link is simulated"),
    ("installed-nixos", "systemd is not simulated"),
    ("installed-openwrt", "nothing above the link is simulated"),
    ("installed-void", "nothing above the link is simulated"),
    ("interface-renamed", "the simulated card stays what it is"),
    ("iw-connects", "commands are not simulated"),
    (
        "iwd-any-commands-1",
        "what happens at random has no order to compare",
    ),
    (
        "iwd-any-commands-2",
        "what happens at random has no order to compare",
    ),
    (
        "iwd-any-commands-3",
        "what happens at random has no order to compare",
    ),
    (
        "iwd-any-commands-alone",
        "what happens at random has no order to compare",
    ),
    ("iwd-directory-replaced", "iwd is not simulated"),
    ("iwd-directory-unusable", "iwd is not simulated"),
    ("iwd-edited-by-both", "iwd is not simulated"),
    ("iwd-file-rewritten", "iwd is not simulated"),
    ("iwd-first-connection", "iwd is not simulated"),
    ("iwd-hidden", "iwd is not simulated"),
    ("iwd-hot-plug", "iwd is not simulated"),
    ("iwd-long-outage", "iwd is not simulated"),
    ("iwd-moves", "iwd is not simulated"),
    (
        "iwd-next-network-clean",
        "nothing above the link is simulated",
    ),
    ("iwd-no-random-scans", "iwd is not simulated"),
    ("iwd-no-random-scans-hidden", "iwd is not simulated"),
    ("iwd-other-modes", "iwd is not simulated"),
    ("iwd-outages", "iwd is not simulated"),
    ("iwd-owe-transition", "OWE is not simulated"),
    (
        "iwd-provocations",
        "other stations and programs are not simulated",
    ),
    ("iwd-restarts", "iwd is not simulated"),
    ("iwd-routes-kept", "nothing above the link is simulated"),
    ("iwd-scanned-always", "iwd is not simulated"),
    ("iwd-scanned-while-connecting", "iwd is not simulated"),
    ("iwd-scans-connected", "iwd is not simulated"),
    ("iwd-start", "iwd is not simulated"),
    (
        "iwd-strangers-actions",
        "other stations and programs are not simulated",
    ),
    (
        "iwd-strangers-protected",
        "other stations and programs are not simulated",
    ),
    ("iwd-two-cards", "one card is simulated"),
    ("iwd-two-networks", "iwd is not simulated"),
    ("iwd-with-wpa_supplicant", "one card is simulated"),
    (
        "killed-fifty-times",
        "what happens at random has no order to compare",
    ),
    (
        "leases-kept-dhclient",
        "nothing above the link is simulated",
    ),
    ("leases-kept-dhcpcd", "nothing above the link is simulated"),
    (
        "leases-kept-networkd",
        "nothing above the link is simulated",
    ),
    ("leases-kept-udhcpc", "nothing above the link is simulated"),
    ("live-changes", "the simulated kernel is not traced"),
    ("live-changes-refused", "the simulated kernel is not traced"),
    (
        "machine-sleeps",
        "how the kernel goes to sleep is not simulated",
    ),
    (
        "monitors-deaf",
        "other stations and programs are not simulated",
    ),
    ("next-network-clean", "nothing above the link is simulated"),
    (
        "online-debian13-dhcpcd",
        "another release's programs are not simulated",
    ),
    (
        "online-debian13-iwd",
        "another release's programs are not simulated",
    ),
    (
        "online-debian13-networkd",
        "another release's programs are not simulated",
    ),
    ("online-dhclient", "nothing above the link is simulated"),
    ("online-dhcpcd", "nothing above the link is simulated"),
    (
        "online-dhcpcd-known-debian12",
        "nothing above the link is simulated",
    ),
    (
        "online-dhcpcd-known-debian13",
        "nothing above the link is simulated",
    ),
    ("online-iwd", "nothing above the link is simulated"),
    ("online-networkd", "systemd is not simulated"),
    ("online-roaming-mode", "nothing above the link is simulated"),
    ("online-static", "nothing above the link is simulated"),
    ("online-udhcpc", "nothing above the link is simulated"),
    ("other-interfaces", "one card is simulated"),
    ("owe-transition", "OWE is not simulated"),
    ("owe-transition-hidden", "OWE is not simulated"),
    ("owe-transition-open", "OWE is not simulated"),
    ("policy-now", "commands are not simulated"),
    ("policy-trust", "commands are not simulated"),
    (
        "provocations",
        "other stations and programs are not simulated",
    ),
    (
        "radio-held",
        "other stations and programs are not simulated",
    ),
    ("radio-removed", "the simulated card stays what it is"),
    (
        "reconnect-at-once",
        "other stations and programs are not simulated",
    ),
    ("reroll", "commands are not simulated"),
    (
        "roam-weak-signal",
        "the threshold of bgscan is not simulated",
    ),
    ("routes-kept", "nothing above the link is simulated"),
    ("screens", "systemd is not simulated"),
    ("several-interfaces", "one card is simulated"),
    ("start-with-mistake", "the log is not simulated"),
    ("start-without-configuration", "the log is not simulated"),
    ("status", "commands are not simulated"),
    ("status-throughout", "commands are not simulated"),
    (
        "strangers-actions",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-actions-restarts",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-beacons",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-channel-switch",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-goodbyes",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-goodbyes-random",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-nonsense",
        "other stations and programs are not simulated",
    ),
    (
        "strangers-protected",
        "other stations and programs are not simulated",
    ),
    (
        "supplicant-killed-at-random",
        "what happens at random has no order to compare",
    ),
    ("supplicant-killed-idle", "commands are not simulated"),
    (
        "supplicant-mac_addr",
        "wpa_supplicant's own randomization is not simulated",
    ),
    (
        "supplicant-preassoc-before",
        "wpa_supplicant's own randomization is not simulated",
    ),
    (
        "supplicant-preassoc_mac_addr",
        "wpa_supplicant's own randomization is not simulated",
    ),
    (
        "supplicant-unreachable",
        "other stations and programs are not simulated",
    ),
    ("systemd-boot", "systemd is not simulated"),
    ("systemd-dbus", "systemd is not simulated"),
    ("systemd-doctor", "systemd is not simulated"),
    ("systemd-fails-closed", "systemd is not simulated"),
    ("systemd-hot-plug", "one card is simulated"),
    ("systemd-idle", "systemd is not simulated"),
    ("systemd-journal", "systemd is not simulated"),
    ("systemd-networkd", "systemd is not simulated"),
    ("systemd-networkd-address", "systemd is not simulated"),
    ("systemd-rule-for-link", "systemd is not simulated"),
    ("systemd-service", "systemd is not simulated"),
    ("systemd-socket-of-root", "systemd is not simulated"),
    ("systemd-usb-link", "systemd is not simulated"),
    ("turns-access-point", "commands are not simulated"),
    ("user-commands", "commands are not simulated"),
    ("user-edits-networks", "commands are not simulated"),
    (
        "user-saves-and-reconfigures",
        "wpa_supplicant's own randomization is not simulated",
    ),
    ("with-connman", "ConnMan is not simulated"),
    ("with-connman-denied", "ConnMan is not simulated"),
    ("with-iwd", "iwd is not simulated"),
    ("with-networkmanager", "NetworkManager is not simulated"),
    ("wps", "commands are not simulated"),
];

/// Checks of stories that are played, which the simulation has no means to decide.
const LEFT_TO_THE_LAB: [&str; 9] = [
    "then macveil says \"scan under the assigned address\" 0 times",
    "then macveil uses at most 1000 kB",
    "then macveil uses at most 1000 kB",
    "then macveil says \"reusing the last one\"",
    "then macveil says \"keeping the old configuration\"",
    "then macveil says \"did you mean `permanent`?\"",
    "then macveil says \"configuration read again\"",
    "then macveil says \"/run/wpa_supplicant\"",
    "then every datagram arrived",
];

/// By the names of their files.
fn stories() -> BTreeMap<String, Story> {
    let files = fs::read_dir("tests/scenarios").expect("the stories");
    let paths = files.map(|file| file.expect("a file").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == "story"));
    let read = |path: &Path| {
        let text = fs::read_to_string(path).expect("a text");
        let name = path.file_stem().expect("a name").to_string_lossy();
        variants(&name, &text)
    };
    let told = paths.flat_map(|path| read(&path));
    told.map(|(name, text)| (name, parse(&text).expect("a story")))
        .collect()
}

/// A card for each of the masking methods.
fn cards() -> [(&'static str, Driver); 3] {
    let with = |random_address, live_change| Driver {
        random_address,
        live_change,
        ..driver(Quirk::None)
    };
    [
        ("driver", with(true, false)),
        ("powered", with(false, true)),
        ("bounce", with(false, false)),
    ]
}

/// Why the story failed on this card.
fn failures(name: &str, story: &Story, card: Driver) -> Vec<String> {
    let (evidence, log) = Player::new(story, card, SEED).play(story);
    let (mut failures, _) = weigh(story, &evidence);
    let digest = Digest::of(
        story,
        &evidence.entries,
        &evidence.frames,
        &evidence.brief,
        &evidence.verdict,
    );
    let path = format!("tests/sim/recorded/{name}.txt");
    let recorded = fs::read_to_string(&path).expect("what the air showed in the lab");
    let difference = digest.differs_from(&Digest::from(recorded.as_str()));
    failures.extend(difference.map(|it| format!("not as in {path}: {it}\n{digest}")));
    if !failures.is_empty() {
        let file = format!("{}/{name}.log", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&file, log).expect("a log");
        failures.push(format!("see {file}"));
    }
    failures
}

#[test]
fn every_story_has_the_frames_that_it_had_in_the_lab() {
    let mut problems = Vec::new();
    for (name, story) in stories() {
        if digest::is_left_out(&story).is_some() {
            continue;
        }
        for (method, card) in cards() {
            for failure in failures(&name, &story, card) {
                problems.push(format!("{name} by {method}: {failure}"));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n\n")
    );
}

#[test]
fn what_is_not_simulated_is_listed() {
    let stories = stories();
    let left_out = stories.iter().filter_map(|(name, story)| {
        let why = digest::is_left_out(story)?;
        Some((name.as_str(), why))
    });
    assert_eq!(left_out.collect::<Vec<_>>(), LEFT_OUT);
    let recorded = fs::read_dir("tests/sim/recorded").expect("the digests");
    assert_eq!(recorded.count(), stories.len() - LEFT_OUT.len());
    let played = stories
        .values()
        .filter(|it| digest::is_left_out(it).is_none());
    let lines = played.flat_map(|story| &story.lines);
    let left = lines.filter(
        |line| matches!(&line.step, Step::Then(check) if checks::is_left_to_the_lab(check)),
    );
    let left: Vec<_> = left.map(|line| line.text.as_str()).collect();
    assert_eq!(left, LEFT_TO_THE_LAB);
}

#[test]
fn digests_differ_in_all_but_how_far_a_search_got() {
    let told = "when home leaves\n    home says goodbye to assigned(home)\n    a mask scans 6; 1-3,6; 4-11\n";
    let digest = Digest::from(told);
    assert_eq!(digest.to_string(), told);
    let differs = |from: &str, to: &str| {
        let other = Digest::from(told.replace(from, to).as_str());
        digest.differs_from(&other).is_some() && other.differs_from(&digest).is_some()
    };
    assert!(!differs("; 4-11", ""));
    assert!(!differs("6; 1-3,6", "1-3,6; 6"));
    assert!(differs("; 4-11", "; 4-11 in full"));
    assert!(differs("a mask scans", "assigned(home) scans"));
    assert!(differs("    home says goodbye to assigned(home)\n", ""));
    assert!(differs("when home leaves", "when home vanishes"));
    assert!(differs(
        "4-11\n",
        "4-11\n    a mask authenticates with home\n"
    ));
}
