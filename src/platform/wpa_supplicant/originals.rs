//! What was changed in wpa_supplicant, on disk: a macveil that is killed and started again finds its own
//! values there, and must not take them for the user's.
//!
//! A file in the runtime directory, a line for each thing that was changed; the first says in which
//! wpa_supplicant, by its socket.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::memory::{NetworkAddress, Setting};
use crate::platform::socket_watcher::Identity;
use crate::store::atomic;
use macveil_core::types::Ssid;

/// An SSID that matches any.
const ANY: &str = "-";

/// One thing that was changed, as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Original {
    Setting(Setting, i32),
    Network(u32, NetworkAddress),
    P2p,
}

#[derive(Debug)]
pub(super) struct Originals {
    path: PathBuf,
}

impl Originals {
    pub(super) fn kept_at(path: PathBuf) -> Self {
        Self { path }
    }

    /// What an earlier macveil changed in this very wpa_supplicant.
    pub(super) fn read(&self, identity: Identity) -> Vec<Original> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let mut lines = text.lines();
        if lines.next() != Some(&*heading(identity)) {
            return Vec::new();
        }
        lines.filter_map(Original::read).collect()
    }

    pub(super) fn write(&self, identity: Identity, originals: impl Iterator<Item = Original>) {
        let mut text = heading(identity);
        for original in originals {
            text.push('\n');
            original.write(&mut text);
        }
        text.push('\n');
        if let Err(error) = atomic::write(&self.path, text.as_bytes(), 0o600) {
            tracing::debug!("{}: {error}", self.path.display());
        }
    }

    pub(super) fn remove(&self) {
        // There may be none.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn heading(identity: Identity) -> String {
    let Identity {
        device,
        inode,
        made,
    } = identity;
    format!("socket {device} {inode} {made}")
}

impl Original {
    fn write(&self, text: &mut String) {
        let _ = match self {
            Self::Setting(setting, value) => write!(text, "set {} {value}", setting.name()),
            Self::Network(id, NetworkAddress { ssid, value }) => {
                let ssid = ssid.as_ref().map_or(ANY.to_owned(), Ssid::to_hex);
                write!(text, "network {id} {ssid} {value}")
            }
            Self::P2p => write!(text, "p2p"),
        };
    }

    fn read(line: &str) -> Option<Self> {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["set", name, value] => {
                let setting = Setting::ALL.into_iter().find(|it| it.name() == name)?;
                Some(Self::Setting(setting, value.parse().ok()?))
            }
            ["network", id, ssid, value] => {
                let ssid = match ssid {
                    ANY => None,
                    digits => Some(Ssid::from_hex(digits)?),
                };
                let value = value.parse().ok()?;
                let address = NetworkAddress { ssid, value };
                Some(Self::Network(id.parse().ok()?, address))
            }
            ["p2p"] => Some(Self::P2p),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Identity = Identity {
        device: 24,
        inode: 7,
        made: -1,
    };

    fn all() -> Vec<Original> {
        let network = |ssid: Option<&[u8]>, value| NetworkAddress {
            ssid: ssid.and_then(Ssid::new),
            value,
        };
        let settings = Setting::ALL.into_iter().map(|it| Original::Setting(it, -1));
        settings
            .chain([
                Original::Network(3, network(Some(b"a\n b"), 2)),
                Original::Network(4, network(None, 1)),
                Original::P2p,
            ])
            .collect()
    }

    #[test]
    fn what_is_written_is_read_back_for_the_same_socket_only() {
        let directory = tempfile::tempdir().unwrap();
        let originals = Originals::kept_at(directory.path().join("wlan0.supplicant"));
        assert_eq!(originals.read(HERE), []);
        originals.write(HERE, all().into_iter());
        assert_eq!(originals.read(HERE), all());
        assert_eq!(originals.read(Identity { made: 8, ..HERE }), []);
        originals.remove();
        assert_eq!(originals.read(HERE), []);
    }

    #[test]
    fn lines_that_make_no_sense_are_passed_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let text =
            "socket 24 7 -1\nset mac_addr x\nset nothing 1\nnetwork 1\n\nnetwork 1 zz 0\np2p\n";
        std::fs::write(&path, text).unwrap();
        assert_eq!(Originals::kept_at(path).read(HERE), [Original::P2p]);
    }
}
