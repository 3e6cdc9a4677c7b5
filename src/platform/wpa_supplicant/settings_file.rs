//! The original values of changed wpa_supplicant settings, on disk.
//!
//! After a kill and restart, macveil finds its own values in wpa_supplicant and must not take them for
//! the user's. The file in the runtime directory has a line for each changed value; its first line
//! identifies the wpa_supplicant by its socket.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::saved_settings::{
    AcceptedBssids, BlockLine, BlockSetting, NetworkAddress, NetworkMode, Setting,
};
use crate::platform::socket_watcher::Identity;
use crate::store::atomic;
use crate::store::regular::{self, Links};
use macveil_core::types::Ssid;

/// Stands for a network without an SSID.
const MAX_SIZE: u64 = 1024 * 1024;
const ANY: &str = "-";

/// The original value of one changed setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SavedValue {
    Setting(Setting, i32),
    Network(u32, NetworkAddress),
    Accepted(u32, AcceptedBssids),
    Block(BlockLine),
    Mode(u32, NetworkMode),
    P2p,
    RadioWork,
}

#[derive(Debug)]
pub(super) struct SettingsFile {
    path: PathBuf,
}

impl SettingsFile {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The values saved by an earlier macveil for the same wpa_supplicant.
    pub(super) fn read(&self, identity: Identity) -> Vec<SavedValue> {
        let text = regular::read_text(&self.path, Links::Refuse, MAX_SIZE).unwrap_or_default();
        let mut lines = text.lines();
        if lines.next() != Some(&*heading(identity)) {
            return Vec::new();
        }
        lines.filter_map(SavedValue::parse).collect()
    }

    pub(super) fn write(&self, identity: Identity, values: impl Iterator<Item = SavedValue>) {
        let mut text = heading(identity);
        for value in values {
            text.push('\n');
            value.write(&mut text);
        }
        text.push('\n');
        if let Err(error) = atomic::write(&self.path, text.as_bytes(), 0o600) {
            tracing::debug!("{}: {error}", self.path.display());
        }
    }

    pub(super) fn remove(&self) {
        // The file may not exist.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn heading(identity: Identity) -> String {
    let Identity {
        device,
        inode,
        created,
    } = identity;
    format!("socket {device} {inode} {created}")
}

impl SavedValue {
    fn write(&self, text: &mut String) {
        let _ = match self {
            Self::Setting(setting, value) => write!(text, "set {} {value}", setting.name()),
            Self::Network(id, NetworkAddress { ssid, value }) => {
                write!(text, "network {id} {} {value}", name(ssid.as_ref()))
            }
            Self::Accepted(id, AcceptedBssids { ssid, value }) => {
                write!(text, "accept {id} {} {value}", name(ssid.as_ref()))
            }
            Self::Block(line) => {
                let ssid = name(line.ssid.as_ref());
                let setting = line.setting.name();
                write!(text, "block {} {ssid} {setting} {}", line.id, line.value)
            }
            Self::Mode(id, NetworkMode { ssid, mode }) => {
                write!(text, "mode {id} {} {mode}", name(ssid.as_ref()))
            }
            Self::P2p => write!(text, "p2p"),
            Self::RadioWork => write!(text, "radio-work"),
        };
    }

    fn parse(line: &str) -> Option<Self> {
        if let Some(block) = line.strip_prefix("block ") {
            return Self::parse_block(block);
        }
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["set", name, value] => {
                let setting = Setting::ALL
                    .into_iter()
                    .find(|setting| setting.name() == name)?;
                Some(Self::Setting(setting, value.parse().ok()?))
            }
            ["mode", id, ssid, mode] => {
                let ssid = parse_name(ssid).ok()?;
                let mode = mode.parse().ok()?;
                Some(Self::Mode(id.parse().ok()?, NetworkMode { ssid, mode }))
            }
            ["network", id, ssid, value] => {
                let ssid = parse_name(ssid).ok()?;
                let value = value.parse().ok()?;
                let address = NetworkAddress { ssid, value };
                Some(Self::Network(id.parse().ok()?, address))
            }
            ["accept", id, ssid, ref bssids @ ..] => {
                let ssid = parse_name(ssid).ok()?;
                let value = bssids.join(" ");
                let accepted = AcceptedBssids { ssid, value };
                Some(Self::Accepted(id.parse().ok()?, accepted))
            }
            ["p2p"] => Some(Self::P2p),
            ["radio-work"] => Some(Self::RadioWork),
            _ => None,
        }
    }

    /// The value can have spaces.
    fn parse_block(line: &str) -> Option<Self> {
        let words: Vec<_> = line.splitn(4, ' ').collect();
        let [id, ssid, name, value] = words[..] else {
            return None;
        };
        let mut settings = BlockSetting::ALL.into_iter();
        let setting = settings.find(|setting| setting.name() == name)?;
        Some(Self::Block(BlockLine {
            id: id.parse().ok()?,
            setting,
            ssid: parse_name(ssid).ok()?,
            value: value.to_owned(),
        }))
    }
}

fn name(ssid: Option<&Ssid>) -> String {
    ssid.map_or(ANY.to_owned(), Ssid::to_hex)
}

/// `Err` if the word is neither.
fn parse_name(word: &str) -> Result<Option<Ssid>, ()> {
    match word {
        ANY => Ok(None),
        digits => Ssid::from_hex(digits).map(Some).ok_or(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Identity = Identity {
        device: 24,
        inode: 7,
        created: -1,
    };

    fn all() -> Vec<SavedValue> {
        let network = |ssid: Option<&[u8]>, value| NetworkAddress {
            ssid: ssid.and_then(Ssid::new),
            value,
        };
        let accepted = |ssid: Option<&[u8]>, value: &str| AcceptedBssids {
            ssid: ssid.and_then(Ssid::new),
            value: value.to_owned(),
        };
        let settings = Setting::ALL
            .into_iter()
            .map(|setting| SavedValue::Setting(setting, -1));
        settings
            .chain([
                SavedValue::Network(3, network(Some(b"a\n b"), 2)),
                SavedValue::Network(4, network(None, 1)),
                SavedValue::Accepted(5, accepted(Some(b"a"), "")),
                SavedValue::Accepted(
                    6,
                    accepted(
                        None,
                        "02:00:00:00:03:00 02:00:00:00:04:00/ff:ff:ff:ff:ff:00",
                    ),
                ),
                SavedValue::Block(BlockLine {
                    id: 3,
                    setting: BlockSetting::Bgscan,
                    ssid: Ssid::new(b"a"),
                    value: "\"simple:5:-45:5 x\"".to_owned(),
                }),
                SavedValue::P2p,
            ])
            .collect()
    }

    #[test]
    fn saved_values_are_read_back_for_the_same_socket_only() {
        let directory = tempfile::tempdir().unwrap();
        let file = SettingsFile::at(directory.path().join("wlan0.supplicant"));
        assert_eq!(file.read(IDENTITY), []);
        file.write(IDENTITY, all().into_iter());
        assert_eq!(file.read(IDENTITY), all());
        assert_eq!(
            file.read(Identity {
                created: 8,
                ..IDENTITY
            }),
            []
        );
        file.remove();
        assert_eq!(file.read(IDENTITY), []);
    }

    #[test]
    fn malformed_lines_are_skipped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let text =
            "socket 24 7 -1\nset mac_addr x\nset nothing 1\nnetwork 1\n\nnetwork 1 zz 0\np2p\n";
        std::fs::write(&path, text).unwrap();
        assert_eq!(SettingsFile::at(path).read(IDENTITY), [SavedValue::P2p]);
    }
}
