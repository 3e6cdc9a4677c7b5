//! The original values in iwd's files, on disk. After a kill or a reboot, macveil must not take its own
//! addresses for the user's.
//!
//! Each line has a network's SSID, its type, the two values and whether the file had `[Settings]`. SSID
//! and values are in hexadecimal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use base16ct::{lower, mixed};

use super::files::{KnownNetworkId, Original, Security};
use crate::store::atomic;
use crate::store::regular::{self, Links};
use macveil_core::types::Ssid;

/// Stands for a setting that was not set.
const MAX_SIZE: u64 = 4 * 1024 * 1024;
const NONE: &str = "-";
/// The prefix of a setting's value.
const SOME: char = '=';

#[derive(Debug)]
pub(super) struct SavedSettings {
    path: PathBuf,
}

pub(super) type Originals = BTreeMap<KnownNetworkId, Original>;

impl SavedSettings {
    pub(super) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn read(&self) -> Originals {
        let text = regular::read_text(&self.path, Links::Refuse, MAX_SIZE).unwrap_or_default();
        let mut originals = Originals::new();
        originals.extend(text.lines().filter_map(read_line));
        originals
    }

    pub(super) fn write(&self, originals: &Originals) -> io::Result<()> {
        if originals.is_empty() {
            return match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let mut text = String::new();
        for (id, original) in originals {
            let KnownNetworkId { ssid, security } = id;
            let value = |value: &Option<String>| match value {
                Some(value) => format!("{SOME}{}", lower::encode_string(value.as_bytes())),
                None => NONE.to_owned(),
            };
            let _ = writeln!(
                text,
                "{} {} {} {} {}",
                ssid.to_hex(),
                security.word(),
                value(&original.address_override),
                value(&original.always_randomize),
                u8::from(original.has_settings),
            );
        }
        atomic::write(&self.path, text.as_bytes(), 0o600)
    }
}

fn read_line(line: &str) -> Option<(KnownNetworkId, Original)> {
    let words: Vec<_> = line.split(' ').collect();
    let [ssid, security, address, random, settings] = words[..] else {
        return None;
    };
    let id = KnownNetworkId {
        ssid: Ssid::from_hex(ssid)?,
        security: Security::from_word(security)?,
    };
    let original = Original {
        address_override: value(address).ok()?,
        always_randomize: value(random).ok()?,
        has_settings: settings == "1",
    };
    Some((id, original))
}

/// A value that macveil did not write.
struct Malformed;

fn value(word: &str) -> Result<Option<String>, Malformed> {
    let digits = match word.strip_prefix(SOME) {
        None if word == NONE => return Ok(None),
        Some("") => return Ok(Some(String::new())),
        Some(digits) => mixed::decode_vec(digits.as_bytes()),
        None => return Err(Malformed),
    };
    let digits = digits.map_err(|_| Malformed)?;
    String::from_utf8(digits).map(Some).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Originals {
        let id = |name: &[u8], security| KnownNetworkId {
            ssid: Ssid::new(name).unwrap(),
            security,
        };
        let original = |address: Option<&str>, random: Option<&str>, has_settings| Original {
            address_override: address.map(str::to_owned),
            always_randomize: random.map(str::to_owned),
            has_settings,
        };
        Originals::from([
            (id(b"a\n b", Security::Psk), original(None, None, false)),
            (
                id(b"Caf\xc3\xa9", Security::Open),
                original(Some(""), Some("true"), true),
            ),
            (
                id(b"x", Security::Enterprise),
                original(Some("any thing\u{e9}"), None, true),
            ),
        ])
    }

    #[test]
    fn saved_values_are_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let file = SavedSettings::at(directory.path().join("iwd"));
        assert_eq!(file.read(), Originals::new());
        file.write(&all()).unwrap();
        assert_eq!(file.read(), all());
        file.write(&Originals::new()).unwrap();
        file.write(&Originals::new()).unwrap();
        assert_eq!(file.read(), Originals::new());
    }

    #[test]
    fn malformed_line_is_skipped() {
        for line in [
            "",
            "61 psk - -",
            "61 wep - - 1",
            "6 psk - - 1",
            "61 psk x - 1",
            "61 psk =f - 1",
        ] {
            assert_eq!(read_line(line), None, "{line}");
        }
    }
}
