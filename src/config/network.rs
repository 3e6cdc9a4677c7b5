//! The section `[[network]]`.

use base16ct::mixed;
use toml::de::DeValue;

use super::document::device_specs;
use super::options::take_connection;
use super::problem::Wrong;
use super::section::Section;
use super::spec::{DeviceFacts, DeviceSpecs};
use super::value::{choice, one_or_more, parsed, text};
use macveil_core::address::{ConnectionOptions, NetworkMatch, NetworkRule};
use macveil_core::types::{KeyMgmt, MAX_SSID_BYTES, Mac, Ssid};

/// At least one of these is required.
const MATCHING_KEYS: &[&str] = &["ssid", "ssid-hex", "bssid", "security", "id-str"];

/// A rule for networks, on all interfaces or on some.
#[derive(Debug, Clone)]
pub(super) struct ScopedRule {
    pub(super) interfaces: Option<DeviceSpecs>,
    pub(super) rule: NetworkRule,
}

impl ScopedRule {
    /// The rule on this interface, if it applies there.
    pub(super) fn on(&self, device: &DeviceFacts) -> Option<NetworkRule> {
        let interfaces = self.interfaces.as_ref();
        let here = interfaces.is_none_or(|specs| specs.matches(device));
        here.then(|| {
            let mut rule = self.rule.clone();
            rule.about.some_interfaces = false;
            rule
        })
    }
}

/// Parses the section.
pub(super) fn read(mut section: Section) -> ScopedRule {
    if !section.has_any(MATCHING_KEYS) {
        section.report_header(Wrong::new(
            "[[network]] needs one of ssid, ssid-hex, bssid, security, id-str",
        ));
    }
    let interfaces = section.take("match", device_specs).map(|specs| specs.value);
    let about = NetworkMatch {
        some_interfaces: interfaces.is_some(),
        ..about(&mut section)
    };
    let options = ConnectionOptions {
        uuid: section.take("uuid", uuid),
        ..take_connection(&mut section)
    };
    let origin = section.origin();
    section.finish();
    ScopedRule {
        interfaces,
        rule: NetworkRule {
            about,
            options,
            origin,
        },
    }
}

fn about(section: &mut Section) -> NetworkMatch {
    let names = section.take("ssid", one_or_more(ssid));
    let hex_names = section.take("ssid-hex", one_or_more(ssid_hex));
    let bssids = section.take("bssid", one_or_more(parsed::<Mac>));
    let securities = section.take("security", one_or_more(choice(KeyMgmt::WORDS)));
    let id_strs = section.take("id-str", one_or_more(id_str));
    NetworkMatch {
        ssids: names
            .into_iter()
            .chain(hex_names)
            .flat_map(|ssids| ssids.value)
            .collect(),
        bssids: bssids.map(|bssids| bssids.value).unwrap_or_default(),
        securities: securities
            .map(|securities| securities.value)
            .unwrap_or_default(),
        id_strs: id_strs.map(|id_strs| id_strs.value).unwrap_or_default(),
        some_interfaces: false,
    }
}

fn ssid(value: &DeValue) -> Result<Ssid, Wrong> {
    named(text(value)?.as_bytes())
}

fn ssid_hex(value: &DeValue) -> Result<Ssid, Wrong> {
    let text = text(value)?;
    let bytes = mixed::decode_vec(text.as_bytes())
        .map_err(|_| Wrong::new("expected two hexadecimal digits per byte"))?;
    named(&bytes)
}

fn named(bytes: &[u8]) -> Result<Ssid, Wrong> {
    if bytes.is_empty() {
        return Err(Wrong::new("an SSID must not be empty"));
    }
    Ssid::new(bytes).ok_or_else(|| {
        Wrong::new(format!(
            "the SSID has {} bytes: the maximum is {MAX_SSID_BYTES}",
            bytes.len()
        ))
    })
}

fn id_str(value: &DeValue) -> Result<String, Wrong> {
    match text(value)? {
        "" => Err(Wrong::new("id-str must not be empty")),
        text => Ok(text.to_owned()),
    }
}

/// A UUID, in lower case as `NetworkManager` normalizes it.
pub(super) fn uuid(value: &DeValue) -> Result<String, Wrong> {
    let text = text(value)?;
    if is_uuid(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(Wrong::new(
            "expected a UUID such as 123e4567-e89b-12d3-a456-426655440000",
        ))
    }
}

/// Whether the text is a UUID, in either case.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    let mut bytes = text.bytes();
    bytes.all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) && groups == [8, 4, 4, 4, 12]
}
