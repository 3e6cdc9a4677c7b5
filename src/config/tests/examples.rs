//! All shipped and documented configurations are valid.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::read;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a directory with this extension.
fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path, extension)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}

/// The blocks of a Markdown file that are marked as TOML.
fn blocks(markdown: &str) -> impl Iterator<Item = &str> {
    markdown
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
}

/// Uncomments examples: lines that are a key or a section.
fn uncommented(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(example) if is_section(example) || is_key(example) => example,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_section(line: &str) -> bool {
    line.starts_with("[[") && line.ends_with("]]")
}

fn is_key(line: &str) -> bool {
    let key = line.split(" = ").next().unwrap_or_default();
    line.contains(" = ")
        && key
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_lowercase())
}

#[track_caller]
fn assert_valid(name: &str, text: &str) {
    match read(text) {
        Ok(config) => assert!(config.warnings.is_empty(), "{name}: {:?}", config.warnings),
        Err(errors) => panic!("{name}: {errors}"),
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let shipped = files(&repository().join("contrib"), "toml");
    assert!(!shipped.is_empty());
    for path in shipped {
        let text = fs::read_to_string(&path).unwrap();
        assert_valid(&path.display().to_string(), &text);
    }
}

/// Of several lines for one key of a section, leaves the one that `better` prefers.
fn once_each(text: &str, better: impl Fn(usize, usize) -> bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut chosen: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut section = 0;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = number;
        }
        if is_key(line) {
            let key = (section, line.split(" = ").next().unwrap());
            let former = chosen.get(&key).copied().unwrap_or(number);
            let (keep, drop) = if better(former, number) {
                (former, number)
            } else {
                (number, former)
            };
            if keep != drop {
                lines[drop] = "";
            }
            chosen.insert(key, keep);
        }
    }
    lines.join("\n")
}

#[test]
fn every_example_in_the_documented_file_is_valid() {
    let examples = uncommented(include_str!("../../../contrib/macveil.toml"));
    assert_eq!(examples.matches("\n[[network]]").count(), 5);
    for text in [
        once_each(&examples, |a, b| a < b),
        once_each(&examples, |a, b| a > b),
    ] {
        if let Err(errors) = read(&text) {
            panic!("{errors}");
        }
    }
}

#[test]
fn documented_file_sets_the_defaults() {
    let device = crate::config::DeviceFacts {
        name: "wlan0",
        permanent: None,
        driver: "",
        kind: macveil_core::types::DeviceKind::Wifi,
    };
    let shipped = read(include_str!("../../../contrib/macveil.toml")).unwrap();
    let nothing = read("").unwrap();
    assert_eq!(shipped.settings(&device), nothing.settings(&device));
    assert_eq!(shipped.state_dir, nothing.state_dir);
    assert_eq!(shipped.runtime_dir, nothing.runtime_dir);
    assert_eq!(shipped.control_group, nothing.control_group);
    assert_eq!(shipped.log_identities, nothing.log_identities);
    assert_eq!(shipped.dhcp_identity_follows, nothing.dhcp_identity_follows);
    assert_eq!(shipped.backend, nothing.backend);
    assert_eq!(shipped.ctrl_interface, nothing.ctrl_interface);
    assert_eq!(shipped.manage, nothing.manage);
    let policy =
        |config: &crate::config::Config| config.connection.policy.clone().map(|said| said.value);
    assert_eq!(
        policy(&shipped),
        Some(macveil_core::address::Policy::StableSsid)
    );
    assert_eq!(policy(&nothing), None);
}

#[test]
fn every_key_is_documented() {
    let text = uncommented(include_str!("../../../contrib/macveil.toml"));
    let keys = super::super::options::CONNECTION_KEYS
        .iter()
        .chain(super::super::options::DEVICE_KEYS);
    for key in keys {
        assert!(text.contains(&format!("\n{key} = ")), "{key}");
    }
}

#[test]
fn every_example_in_the_documentation_is_valid() {
    let mut documents = files(&repository().join("docs"), "md");
    documents.push(repository().join("README.md"));
    let mut found = 0;
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        assert_eq!(
            text.matches("```toml").count(),
            blocks(&text).count(),
            "{name}: a block has another start than expected here"
        );
        for block in blocks(&text) {
            assert_valid(&name, block);
            found += 1;
        }
    }
    assert!(found >= 2, "{found}");
}

#[test]
fn in_flight_drop_in_is_overridden_by_macveil_policy() {
    use crate::config::{Config, DeviceFacts, Layout};
    use macveil_core::address::{NetworkFacts, Policy};
    use macveil_core::types::DeviceKind;
    let root = tempfile::tempdir().unwrap();
    let layout = Layout::below(root.path());
    let drop_ins = layout.own_drop_ins().unwrap();
    fs::create_dir_all(drop_ins).unwrap();
    let shipped = include_str!("../../../contrib/conf.d-examples/in-flight.toml");
    let own = "[[network]]\nssid = 'DeltaWiFi'\ncloned-mac-address = 'permanent'\n";
    for (name, text) in [
        (
            "10-random.toml",
            "[connection]\ncloned-mac-address = 'random'",
        ),
        ("50-in-flight.toml", shipped),
        ("90-policy-44656c746157694669.toml", own),
    ] {
        fs::write(drop_ins.join(name), text).unwrap();
    }
    let config = Config::read(&layout).unwrap();
    let device = DeviceFacts {
        name: "wlan0",
        permanent: None,
        driver: "",
        kind: DeviceKind::Wifi,
    };
    let host = macveil_core::address::Host {
        key: macveil_core::address::HostKey::from_host_id(b"key1"),
        boot_id: None,
        zone: macveil_core::address::Zone::utc(),
    };
    let policies = config.address_policies(&device, host.into());
    let policy = |name: &str| {
        let ssid = macveil_core::types::Ssid::new(name.as_bytes()).unwrap();
        policies.policy(&NetworkFacts::new(&ssid)).unwrap()
    };
    for name in ["ACWiFi", "AA-Inflight", "gogoinflight", "DeltaWiFi.com"] {
        assert_eq!(policy(name), Policy::StableSsid, "{name}");
    }
    assert_eq!(policy("DeltaWiFi"), Policy::Permanent);
    assert_eq!(policy("Cafe"), Policy::Random);
}
