//! `[[network]]`: what is said of one network.

use data_encoding::HEXLOWER_PERMISSIVE;
use toml::de::DeValue;

use super::connection;
use super::document::device_specs;
use super::problem::Wrong;
use super::section::Section;
use super::spec::{DeviceFacts, DeviceSpecs};
use super::value::{choice, one_or_more, parsed, text};
use macveil_core::address::{ConnectionOptions, NetworkMatch, NetworkRule};
use macveil_core::types::{KeyMgmt, MAX_SSID_BYTES, Mac, Ssid};

/// At least one of these must be there.
const MATCHING_KEYS: &[&str] = &["ssid", "ssid-hex", "bssid", "security", "id-str"];

/// What is said of a network, on all interfaces or on some.
#[derive(Debug, Clone)]
pub(super) struct ScopedRule {
    pub(super) interfaces: Option<DeviceSpecs>,
    pub(super) rule: NetworkRule,
}

impl ScopedRule {
    /// The rule as it is on this interface, if it is about it.
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

/// Takes the section apart.
pub(super) fn read(mut section: Section) -> ScopedRule {
    if !section.has_any(MATCHING_KEYS) {
        section.complain_of_header(Wrong::new(
            "which network? Say its ssid, ssid-hex, bssid, security or id-str",
        ));
    }
    let interfaces = section.take("match", device_specs).map(|said| said.value);
    let about = NetworkMatch {
        some_interfaces: interfaces.is_some(),
        ..about(&mut section)
    };
    let options = ConnectionOptions {
        uuid: section.take("uuid", uuid),
        ..connection::take(&mut section)
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
            .flat_map(|said| said.value)
            .collect(),
        bssids: bssids.map(|said| said.value).unwrap_or_default(),
        securities: securities.map(|said| said.value).unwrap_or_default(),
        id_strs: id_strs.map(|said| said.value).unwrap_or_default(),
        some_interfaces: false,
    }
}

fn ssid(value: &DeValue) -> Result<Ssid, Wrong> {
    named(text(value)?.as_bytes())
}

fn ssid_hex(value: &DeValue) -> Result<Ssid, Wrong> {
    let text = text(value)?;
    let bytes = HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .map_err(|_| Wrong::new("expected two hexadecimal digits for each byte"))?;
    named(&bytes)
}

fn named(bytes: &[u8]) -> Result<Ssid, Wrong> {
    if bytes.is_empty() {
        return Err(Wrong::new("a network has a name of at least one byte"));
    }
    Ssid::new(bytes).ok_or_else(|| {
        Wrong::new(format!(
            "{} bytes are too many: a name has at most {MAX_SSID_BYTES}",
            bytes.len()
        ))
    })
}

fn id_str(value: &DeValue) -> Result<String, Wrong> {
    match text(value)? {
        "" => Err(Wrong::new("an empty id_str is none")),
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
            "a UUID such as 123e4567-e89b-12d3-a456-426655440000 is meant",
        ))
    }
}

/// Whether the text is a UUID, in either case.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    let mut bytes = text.bytes();
    bytes.all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) && groups == [8, 4, 4, 4, 12]
}
