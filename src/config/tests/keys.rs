//! The effect of every key.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::read;
use crate::config::{BackendChoice, Config, DeviceFacts};
use macveil_core::address::{
    AddressFacts, Binding, Host, HostKey, Matched, NetworkFacts, Policy, ResolvedPolicy, Slap,
    Source, Zone,
};
use macveil_core::machine::{MaskMethod, OnExit, OnFailure, Settings};
use macveil_core::types::{DeviceKind, KeyMgmt, Mac, Ssid};

const CARD: DeviceFacts = DeviceFacts {
    name: "wlan0",
    permanent: Some(Mac([0, 1, 2, 3, 4, 5])),
    driver: "brcmfmac",
    kind: DeviceKind::Wifi,
};

fn resolve(config: &Config, device: &DeviceFacts, network: &NetworkFacts) -> ResolvedPolicy {
    policies(config, device).resolve(network).unwrap()
}

fn policies(config: &Config, device: &DeviceFacts) -> macveil_core::address::AddressPolicies {
    let host = Host {
        key: HostKey::from_host_id(b"key1"),
        boot_id: None,
        zone: Zone::utc(),
    };
    config.address_policies(device, Arc::new(host))
}

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

const DEFAULTS: Settings = Settings {
    scan_random: true,
    mask_method: MaskMethod::Auto,
    mask_lifetime: Duration::ZERO,
    on_failure: OnFailure::Closed,
    on_exit: OnExit::Keep,
    others_connect: false,
};

#[test]
fn empty_file_has_the_documented_defaults() {
    let config = read("").unwrap();
    assert_eq!(config.state_dir, PathBuf::from("/var/lib/macveil"));
    assert_eq!(config.runtime_dir, PathBuf::from("/run/macveil"));
    assert_eq!(config.control_group, None);
    assert_eq!(config.metrics_file, None);
    assert!(!config.log_identities);
    assert!(!config.dhcp_identity_follows);
    assert_eq!(config.backend, BackendChoice::Auto);
    assert_eq!(config.ctrl_interface, PathBuf::from("/run/wpa_supplicant"));
    assert_eq!(config.settings(&CARD), DEFAULTS);
    assert!(config.manages(&CARD));
    assert!(!config.manages(&DeviceFacts {
        kind: DeviceKind::Ethernet,
        ..CARD
    }));
    let home = ssid("Home");
    let resolved = resolve(&config, &CARD, &NetworkFacts::new(&home));
    assert_eq!(resolved.policy.value, Policy::StableSsid);
    assert_eq!(resolved.binding.value, Binding::Interface);
    assert_eq!((resolved.stable_id, resolved.mask), (None, None));
    assert_eq!(
        (resolved.by_security.value, resolved.slap.value),
        (false, Slap::Any)
    );
    assert!(config.warnings.is_empty());
}

#[test]
fn every_key_has_its_effect() {
    let config = read(
        r#"
        manage = ["wlan0", "type:ethernet"]
        state-dir = "/state"
        runtime-dir = "/runtime"
        control-group = "netdev"
        metrics-file = "/run/macveil/macveil.prom"
        log-identities = true
        dhcp-identity = "follow"
        [supplicant]
        backend = "wpa_supplicant"
        ctrl-interface = "/control"
        [device]
        scan-rand-mac-address = false
        scan-generate-mac-address-mask = "FF:FF:FF:00:00:00"
        mask-method = "powered"
        mask-lifetime = "5m"
        on-failure = "open"
        on-exit = "restore"
        hotspot = "02:12:34:56:78:9a"
        [connection]
        cloned-mac-address = "stable"
        stable-id = "${CONNECTION}/${BOOT}"
        generate-mac-address-mask = "FE:FF:FF:00:00:00 68:F7:28:00:00:00 preserve"
        stable-binding = "card"
        stable-security = true
        slap = "aai"
        rotate = "36h"
        "#,
    )
    .unwrap();
    assert_eq!(config.state_dir, PathBuf::from("/state"));
    assert_eq!(config.runtime_dir, PathBuf::from("/runtime"));
    assert_eq!(config.control_group.as_deref(), Some("netdev"));
    let metrics = config.metrics_file.as_ref().and_then(|it| it.to_str());
    assert_eq!(metrics, Some("/run/macveil/macveil.prom"));
    assert!(config.log_identities);
    assert!(config.dhcp_identity_follows);
    assert_eq!(config.backend, BackendChoice::WpaSupplicant);
    assert_eq!(config.ctrl_interface, PathBuf::from("/control"));
    assert!(config.manages(&CARD));
    assert!(config.manages(&DeviceFacts {
        name: "eth0",
        kind: DeviceKind::Ethernet,
        ..CARD
    }));
    assert!(!config.manages(&DeviceFacts {
        name: "wlan1",
        ..CARD
    }));
    let settings = Settings {
        scan_random: false,
        mask_method: MaskMethod::Powered,
        mask_lifetime: Duration::from_secs(300),
        on_failure: OnFailure::Open,
        on_exit: OnExit::Restore,
        others_connect: false,
    };
    assert_eq!(config.settings(&CARD), settings);
    let home = ssid("Home");
    let resolved = resolve(&config, &CARD, &NetworkFacts::new(&home));
    assert_eq!(resolved.policy.value, Policy::Stable);
    assert_eq!(
        resolved.stable_id.unwrap().value.text(),
        "${CONNECTION}/${BOOT}"
    );
    assert_eq!(
        resolved.mask.unwrap().value.to_string(),
        "fe:ff:ff:00:00:00 68:f7:28:00:00:00 preserve"
    );
    assert_eq!(resolved.binding.value, Binding::Card);
    assert_eq!(
        (resolved.by_security.value, resolved.slap.value),
        (true, Slap::Aai)
    );
    assert_eq!(
        resolved.rotate.map(|said| said.value),
        Some(Duration::from_secs(36 * 60 * 60))
    );

    let card = AddressFacts {
        permanent: CARD.permanent,
        initial: Mac([0, 1, 2, 3, 4, 5]),
        current: Mac([2, 0, 0, 0, 0, 0]),
        previous: None,
    };
    let mask = policies(&config, &CARD).mask_address(&card, &[], &mut StdRng::seed_from_u64(1));
    assert_eq!(mask.bytes()[..3], [0, 1, 2], "the scan mask");
}

#[test]
fn every_word_is_accepted() {
    for (line, settings) in [
        ("mask-method = 'auto'", DEFAULTS),
        (
            "mask-method = 'driver'",
            Settings {
                mask_method: MaskMethod::Driver,
                ..DEFAULTS
            },
        ),
        (
            "mask-method = 'bounce'",
            Settings {
                mask_method: MaskMethod::Bounce,
                ..DEFAULTS
            },
        ),
        ("on-failure = 'closed'", DEFAULTS),
        ("on-exit = 'keep'", DEFAULTS),
        (
            "mask-lifetime = '7d'",
            Settings {
                mask_lifetime: Duration::from_secs(604_800),
                ..DEFAULTS
            },
        ),
    ] {
        let config = read(&format!("[device]\n{line}")).unwrap();
        assert_eq!(config.settings(&CARD), settings, "{line}");
    }
    for (word, backend) in [
        ("auto", BackendChoice::Auto),
        ("iwd", BackendChoice::Iwd),
        ("none", BackendChoice::None),
    ] {
        let config = read(&format!("[supplicant]\nbackend = '{word}'")).unwrap();
        assert_eq!(config.backend, backend);
    }
}

#[test]
fn interface_section_overrides_each_key() {
    let config = read(
        r#"
        [device]
        mask-method = "driver"
        on-exit = "restore"
        [connection]
        cloned-mac-address = "random"
        [[interface]]
        match = "driver:brcmfmac"
        mask-method = "bounce"
        [[interface]]
        match = ["wlan*", "interface-name:wl*"]
        mask-method = "powered"
        cloned-mac-address = "preserve"
        "#,
    );
    // A bare name is not a pattern, as in NetworkManager.
    let config = config.unwrap();
    assert_eq!(
        config.settings(&CARD),
        Settings {
            mask_method: MaskMethod::Bounce,
            on_exit: OnExit::Restore,
            ..DEFAULTS
        }
    );
    let other = DeviceFacts {
        driver: "iwlwifi",
        name: "eth0",
        ..CARD
    };
    assert_eq!(config.settings(&other).mask_method, MaskMethod::Driver);
    let home = ssid("Home");
    let network = NetworkFacts::new(&home);
    assert_eq!(
        resolve(&config, &CARD, &network).policy.value,
        Policy::Preserve
    );
    assert_eq!(
        resolve(&config, &other, &network).policy.value,
        Policy::Random
    );
}

#[test]
fn network_section_matches_by_all_criteria() {
    let config = read(
        r#"
        [[network]]
        ssid = "Home"
        cloned-mac-address = "permanent"
        [[network]]
        ssid-hex = "ff00"
        bssid = ["00:00:00:00:00:01", "00-00-00-00-00-02"]
        cloned-mac-address = "random"
        [[network]]
        ssid = ["A", "B"]
        security = ["psk", "sae"]
        id-str = "flat"
        cloned-mac-address = "00:aa:aa:aa:aa:aa"
        uuid = "123E4567-E89B-12D3-A456-426655440000"
        "#,
    )
    .unwrap();
    let policy = |network: &NetworkFacts| resolve(&config, &CARD, network).policy.value;
    let (home, raw, b) = (ssid("Home"), Ssid::new(&[0xff, 0]).unwrap(), ssid("B"));
    assert_eq!(policy(&NetworkFacts::new(&home)), Policy::Permanent);
    let at = |last| NetworkFacts::new(&raw).with_bssid(Mac([0, 0, 0, 0, 0, last]));
    assert_eq!(policy(&at(2)), Policy::Random);
    assert_eq!(policy(&at(3)), Policy::StableSsid);
    let flat = NetworkFacts::new(&b)
        .with_security(KeyMgmt::Sae)
        .with_id_str("flat");
    let resolved = resolve(&config, &CARD, &flat);
    assert_eq!(resolved.policy.value.to_string(), "00:aa:aa:aa:aa:aa");
    assert_eq!(
        resolved.uuid.unwrap().value,
        "123e4567-e89b-12d3-a456-426655440000"
    );
}

#[test]
fn interface_uuid_applies_to_ethernet_only() {
    let config = read(
        r#"
        [[interface]]
        match = "*"
        uuid = "123E4567-E89B-12D3-A456-426655440000"
        "#,
    )
    .unwrap();
    let ethernet = DeviceFacts {
        name: "eth0",
        kind: DeviceKind::Ethernet,
        ..CARD
    };
    let wire = resolve(&config, &ethernet, &NetworkFacts::default());
    assert_eq!(
        wire.uuid.unwrap().value,
        "123e4567-e89b-12d3-a456-426655440000"
    );
    let home = ssid("Home");
    assert_eq!(
        resolve(&config, &CARD, &NetworkFacts::new(&home)).uuid,
        None
    );
}

#[test]
fn values_have_an_origin() {
    let config = read("\n[connection]\n\n  stable-binding = 'card'\n").unwrap();
    let home = ssid("Home");
    let resolved = resolve(&config, &CARD, &NetworkFacts::new(&home));
    assert!(
        resolved
            .binding
            .origin
            .to_string()
            .ends_with("macveil.toml:4")
    );
    assert_eq!(resolved.policy.origin.to_string(), "the built-in default");
}

#[test]
fn rotate_never_overrides_a_default() {
    let config = read(
        r#"
        [connection]
        rotate = "24h"
        [[network]]
        ssid = "Home"
        rotate = "never"
        [[network]]
        ssid = "Work"
        cloned-mac-address = "random"
        "#,
    )
    .unwrap();
    let rotates = |name| {
        let ssid = ssid(name);
        resolve(&config, &CARD, &NetworkFacts::new(&ssid)).rotates()
    };
    assert_eq!(rotates("Home"), None);
    assert_eq!(rotates("Café"), Some(Duration::from_secs(24 * 60 * 60)));
    assert_eq!(rotates("Work"), None, "a random address is not renewed");
    for wrong in ["0s", "24", "always", ""] {
        assert!(
            read(&format!("[connection]\nrotate = \"{wrong}\"\n")).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn empty_mask_overrides_a_default() {
    let config = read(
        "connection.generate-mac-address-mask = 'ff:0:0:0:0:0'\n[[network]]\nssid = 'A'\ngenerate-mac-address-mask = ''",
    )
    .unwrap();
    let (a, b) = (ssid("A"), ssid("B"));
    assert_eq!(resolve(&config, &CARD, &NetworkFacts::new(&a)).mask, None);
    assert!(
        resolve(&config, &CARD, &NetworkFacts::new(&b))
            .mask
            .is_some()
    );
}

#[test]
fn stable_id_version_parses_like_that_network_manager() {
    let kind = |line: &str| {
        let config = read(&format!(
            "[connection]\ncloned-mac-address = 'stable'\n{line}"
        ))
        .unwrap();
        let home = ssid("Home");
        let card = AddressFacts {
            permanent: CARD.permanent,
            initial: Mac([2, 0, 0, 0, 0, 1]),
            current: Mac([2, 0, 0, 0, 0, 1]),
            previous: None,
        };
        let policies = policies(&config, &CARD);
        let mut rng = StdRng::seed_from_u64(1);
        match policies
            .derive(&NetworkFacts::new(&home), &card, &mut rng)
            .unwrap()
            .source
        {
            Source::Hash { id, .. } => id.kind,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(kind("stable-id = '${NETWORK_SSID}'"), 2);
    assert_eq!(
        kind("stable-id = '${NETWORK_SSID}'\nstable-id-version = '1.42.4'"),
        1
    );
    assert_eq!(
        kind("stable-id-version = '1.46'\nstable-id = '${PERIOD:1h}'"),
        1
    );
}

#[test]
fn network_section_can_match_some_interfaces_only() {
    let config = read(
        "[[network]]\nssid = 'Home'\nmatch = 'wlan0'\ncloned-mac-address = 'permanent'\n\
         [[network]]\nssid = 'Home'\ncloned-mac-address = 'random'",
    )
    .unwrap();
    let home = ssid("Home");
    let policy = |name| {
        let device = DeviceFacts { name, ..CARD };
        resolve(&config, &device, &NetworkFacts::new(&home))
            .policy
            .value
    };
    assert_eq!(
        (policy("wlan0"), policy("wlan1")),
        (Policy::Permanent, Policy::Random)
    );
    let anywhere: Vec<_> = config
        .network_rules()
        .map(|rule| rule.about.matches(&NetworkFacts::new(&home)))
        .collect();
    assert_eq!(anywhere, [Matched::Unknown("the interface"), Matched::Yes]);
}
