//! Fuzz target: content of all files and arguments of all processes.

use super::facts::PROGRAMS;
use super::*;
use macveil_core::machine;
use macveil_core::types::Mac;

const PERMANENT: Mac = Mac([0, 0x16, 0xea, 0x12, 0x34, 0x56]);

/// No finding may contain control characters.
pub(crate) fn files(data: &[u8]) {
    let text = crate::fuzzing::text(data);
    let facts = machine_of(&text);
    for finding in examine(&facts) {
        let remedy = finding.remedy.as_deref().unwrap_or_default();
        for text in [&finding.what, remedy] {
            crate::fuzzing::assert_harmless(text);
            assert!(text.chars().count() <= 1000, "{text}");
        }
    }
}

/// A machine where this is the text of every file and the arguments of every process.
fn machine_of(text: &str) -> Facts {
    let card = card("wlan0");
    let names = [
        "wpa_supplicant",
        "iwd",
        "udhcpc",
        "systemd",
        "dhclient",
        "systemd-network",
    ];
    let mut arguments: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    arguments.insert(0, "-iwlan0".to_owned());
    let processes: Vec<_> = names
        .iter()
        .map(|name| Process {
            name: (*name).to_owned(),
            arguments: arguments.clone(),
            ..Process::default()
        })
        .collect();
    let mut files = Files::default();
    let mut wanted = files_to_read(&processes, &[("wlan0", 3)], "6.12");
    for directory in wanted.directories {
        wanted.files.extend(
            ["a.conf", "a.link", "a.network", "a.psk", "dhclient.leases"]
                .map(|name| format!("{directory}/{name}")),
        );
    }
    // The code treats the distribution's files in the same way.
    wanted.files.retain(|path| !path.contains("/lib/systemd/"));
    for path in wanted.files {
        files.add(path, Content::Text(text.to_owned()));
    }
    for directory in PROGRAMS {
        for client in ["dhcpcd", "dhclient"] {
            files.add(format!("{directory}/{client}"), Content::Exists);
        }
    }
    Facts {
        cards: vec![card],
        processes,
        files,
        ..Facts::default()
    }
}

/// A masked card whose driver supports everything.
pub(crate) fn card(name: &str) -> CardFacts {
    CardFacts {
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
        is_absent: false,
        allows_unprotected: false,
        scans_without_randomization: false,
        is_managed: true,
        owner: None,
        control: Control::Absent,
        trial: None,
    }
}
