//! A target of the fuzzer: whatever is in all the files, and in the arguments of all the programs.

use super::facts::PROGRAMS;
use super::*;
use macveil_core::machine;
use macveil_core::types::Mac;

const PERMANENT: Mac = Mac([0, 0x16, 0xea, 0x12, 0x34, 0x56]);

/// What is said of it is harmless.
pub(crate) fn files(data: &[u8]) {
    let text = crate::fuzzing::text(data);
    let facts = machine_of(&text);
    for finding in examine(&facts) {
        let remedy = finding.remedy.as_deref().unwrap_or_default();
        for said in [&finding.what, remedy] {
            crate::fuzzing::assert_harmless(said);
            assert!(said.chars().count() <= 1000, "{said}");
        }
    }
}

/// One on which every file that is looked at says this, and every program was told it.
fn machine_of(text: &str) -> Facts {
    let card = card("wlan0");
    let names = [
        "wpa_supplicant",
        "iwd",
        "udhcpc",
        "systemd",
        "systemd-network",
    ];
    let mut arguments: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    arguments.insert(0, "-iwlan0".to_owned());
    let processes: Vec<_> = names
        .iter()
        .map(|name| Process {
            name: (*name).to_owned(),
            arguments: arguments.clone(),
        })
        .collect();
    let mut files = Files::default();
    let mut wanted = wanted(&processes, &[("wlan0", 3)]);
    for directory in wanted.directories {
        wanted.files.extend(
            ["a.conf", "a.link", "a.network", "a.psk"].map(|name| format!("{directory}/{name}")),
        );
    }
    // Those of distributions say the same in the same way.
    wanted.files.retain(|path| !path.contains("/lib/systemd/"));
    for path in wanted.files {
        files.add(path, Content::Text(text.to_owned()));
    }
    for directory in PROGRAMS {
        for client in ["dhcpcd", "dhclient"] {
            files.add(format!("{directory}/{client}"), Content::There);
        }
    }
    Facts {
        cards: vec![card],
        processes,
        files,
        ..Facts::default()
    }
}

/// A card that is masked, of a driver that can do everything.
pub(crate) fn card(name: &str) -> Card {
    Card {
        name: name.to_owned(),
        kernel: machine::Card {
            name: name.to_owned(),
            ifindex: 3,
            wiphy: 0,
            driver: "iwlwifi".to_owned(),
            permanent: Some(PERMANENT),
            initial: Mac([0x7a, 1, 2, 3, 4, 5]),
            random_address: true,
            random_sequence: true,
            minimal_content: true,
            live_change: true,
            max_scan_ssids: 4,
            channels: Vec::new(),
        },
        up: true,
        fails_open: false,
        scans_bare: false,
        is_managed: true,
        owner: None,
        control: Control::Absent,
        trial: None,
    }
}
