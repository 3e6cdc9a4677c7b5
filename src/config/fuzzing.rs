//! Fuzz targets: configuration files and device specs.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::document::Document;
use super::source::Source;
use super::spec::DeviceSpecs;
use super::{Config, DeviceFacts, Problem, is_spec, split_specs, warnings};
use crate::fuzzing::{assert_harmless, text};
use macveil_core::address::{AddressFacts, Host, HostKey, NetworkFacts, Zone};
use macveil_core::types::{DeviceKind, Mac, Ssid};

const CARD: Mac = Mac([0x00, 0x11, 0x22, 0x33, 0x44, 0x55]);
const WIFI: DeviceFacts = DeviceFacts {
    name: "wlan0",
    permanent: Some(CARD),
    driver: "iwlwifi",
    kind: DeviceKind::Wifi,
};
const ETHERNET: DeviceFacts = DeviceFacts {
    name: "enp0s31f6",
    permanent: None,
    driver: "",
    kind: DeviceKind::Ethernet,
};

/// A file. Problems have a position; a valid file assigns usable addresses.
pub(crate) fn file(data: &[u8]) {
    let text = text(data);
    let file = "/etc/macveil/macveil.toml";
    let source = Source::new(file.into(), text.clone().into_owned());
    let mut problems = Vec::new();
    let document = Document::read(&source, &mut problems);
    if !problems.is_empty() {
        let lines = text.split('\n').count();
        for problem in &problems {
            assert_shown(problem, lines);
        }
        return;
    }
    for warning in warnings::warnings(&document) {
        assert_harmless(&warning.to_string());
    }
    let config = Config::from(document);
    use_for(&config, &WIFI);
    use_for(&config, &ETHERNET);
}

fn assert_shown(problem: &Problem, lines: usize) {
    let position = problem.position();
    assert!(position.is_some_and(|at| (1..=lines).contains(&at.line) && at.column > 0));
    assert!(!problem.message().is_empty());
    let shown = problem.to_string();
    assert_harmless(&shown.replace(['\n', '\t'], ""));
    assert!(shown.matches('\n').count() <= 2, "{shown}");
}

fn use_for(config: &Config, device: &DeviceFacts) {
    let _ = config.manages(device);
    let _ = config.settings(device);
    let host = Arc::new(Host {
        key: HostKey::from_host_id(b"a key for tests."),
        boot_id: None,
        zone: Zone::utc(),
    });
    let policies = config.address_policies(device, host);
    let card = AddressFacts {
        permanent: device.permanent,
        initial: CARD,
        current: Mac([0x52, 0, 0, 0, 0, 1]),
        previous: None,
    };
    let mut rng = StdRng::seed_from_u64(1);
    assert!(policies.mask_address(&card, &[], &mut rng).is_usable());
    let home = Ssid::new(b"Home");
    let known = NetworkFacts {
        ssid: home.as_ref(),
        bssid: Some(Mac([2; 6])),
        id_str: Some(""),
        time: Some(std::time::UNIX_EPOCH),
        ..NetworkFacts::default()
    };
    for network in [known, NetworkFacts::default()] {
        let _ = (policies.policy(&network), policies.rules_about(&network));
        if let Ok(address) = policies.assign(&network, &card, &mut rng) {
            assert!(address.is_usable(), "{address}");
        }
    }
}

/// Device specs. Matching a glob terminates.
pub(crate) fn device_spec(data: &[u8]) {
    let text = text(data);
    if let Ok(specs) = DeviceSpecs::read(&[&text]) {
        for device in [WIFI, ETHERNET] {
            let _ = (specs.matches(&device), specs.names(&device));
        }
    }
    for spec in split_specs(&text) {
        let _ = is_spec(&spec);
        assert!(!spec.is_empty());
    }
}
