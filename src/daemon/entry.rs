//! Notices of the state machines as records for the log, the journal and clients that follow events.

use std::time::Duration;

use tracing::Level;

use super::words;
use crate::protocol::{EventKind, EventLine};
use macveil_core::machine::{AddressKind, KernelError, Notice, ScanFailure};
use macveil_core::types::{Bss, Mac, Ssid};

/// One thing worth telling of an interface.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) level: Level,
    pub(super) kind: EventKind,
    /// What stands before and after the network's name; the second is empty where none is named.
    words: [String; 2],
    pub(super) network: Option<Ssid>,
    pub(super) address: Option<(AddressKind, Mac)>,
    /// A line at debug level.
    pub(super) detail: Option<String>,
}

/// `MESSAGE_ID=` of the journal (systemd.journal-fields(7)) for kinds of events that are logged. It never
/// changes: programs depend on it.
pub(super) const fn message_id(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Masked => "7e3dfd7ff787f1e903b421d7ddf434de",
        EventKind::Associating => "05b47739ac88a217039dea61e4f3e0d9",
        EventKind::Connected => "2b1dd22e0bcdc07e81e1acbcf7b439b0",
        EventKind::Lost => "985d1b4eb6d49cd838c80c0350378842",
        EventKind::Failed => "71aa16bd97b6bd00e328a7c3bfafce89",
        EventKind::Blocked => "67af2c4872b55da9c6e327ef18127395",
        EventKind::Silent => "7181fa27fa96d909d0d81b3a347740f1",
        EventKind::Assigned => "c45a9330087ad7eeeb6ad4a527533db1",
        EventKind::Disconnected => "fc9df434871008bf9f4ccab9755d2599",
        EventKind::Paused => "ebc70ff79e40ffd9cd3e6555e6d5c19b",
        EventKind::Resumed => "cbf72314bf367d8a04eb205db402725c",
        EventKind::Scanned => "f33bd64568aec23fe491cf11b21ae445",
        EventKind::ExternalScan => "2b2facf7fd62fa6832307f012c67d9e5",
        EventKind::Exposed => "1c4135dad90c958bcf94e5be11760a42",
        EventKind::Info
        | EventKind::Status
        | EventKind::Unmanaged
        | EventKind::Missed
        | EventKind::ShuttingDown
        | EventKind::Other => "2a82c38dda7a1d40445b60ae65ff5ed6",
    }
}

impl Entry {
    fn new(level: Level, kind: EventKind, words: impl Into<String>) -> Self {
        Self {
            level,
            kind,
            words: [words.into(), String::new()],
            network: None,
            address: None,
            detail: None,
        }
    }

    fn about(self, ssid: Ssid, after: impl Into<String>) -> Self {
        let [before, _] = self.words;
        Self {
            words: [before, after.into()],
            network: Some(ssid),
            ..self
        }
    }

    fn under(self, kind: AddressKind, address: Mac) -> Self {
        Self {
            address: Some((kind, address)),
            ..self
        }
    }

    fn detailed(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    pub(super) fn of(notice: Notice) -> Self {
        match notice {
            Notice::Masked { address } => Self::new(
                Level::DEBUG,
                EventKind::Masked,
                format!("masked as {address}"),
            )
            .under(AddressKind::Mask, address),
            Notice::Associating {
                ssid,
                bssid,
                address,
            } => Self::new(Level::INFO, EventKind::Associating, "associating to ")
                .about(ssid, "")
                .under(AddressKind::Assigned, address)
                .detailed(format!("access point {bssid}, assigned address {address}")),
            Notice::Connected {
                ssid,
                address,
                adopted,
            } => {
                let how = if adopted {
                    "was connected already to "
                } else {
                    "connected to "
                };
                Self::new(Level::INFO, EventKind::Connected, how)
                    .about(ssid, "")
                    .assigned(address)
            }
            Notice::Lost { ssid, reason } => {
                let why = words::end_reason(reason);
                Self::new(Level::INFO, EventKind::Lost, "connection to ")
                    .about(ssid, format!(" {why}"))
            }
            Notice::Failed {
                ssid,
                reason,
                retry_ms,
            } => {
                let why = words::fail_reason(&reason);
                let after = format!(": {why}; retrying in {}", seconds(retry_ms));
                Self::new(Level::WARN, EventKind::Failed, "no connection to ").about(ssid, after)
            }
            Notice::Blocked { problem, retry_ms } => {
                Self::held(&crate::words::problem(&problem), retry_ms)
            }
            Notice::Assigned { address } => Self::new(
                Level::DEBUG,
                EventKind::Assigned,
                format!("assigned address {address}"),
            )
            .under(AddressKind::Assigned, address),
            Notice::Wired { address, adopted } => {
                let how = if adopted {
                    "was connected already"
                } else {
                    "connected"
                };
                let words = format!("{how} by cable, under the assigned address");
                Self::new(Level::INFO, EventKind::Connected, words).assigned(address)
            }
            Notice::Disconnected => {
                let words = "disconnected by the user; masked and silent";
                Self::new(Level::INFO, EventKind::Disconnected, words)
            }
            Notice::Paused { span_ms } => {
                let span = span_ms.map(|ms| format!("for {}", seconds(ms)));
                let span = span.as_deref().unwrap_or("until resumed");
                let words = format!("paused {span}: no scans, no connections");
                Self::new(Level::INFO, EventKind::Paused, words)
            }
            Notice::Unpaused => Self::new(Level::INFO, EventKind::Resumed, "the pause is over"),
            Notice::UserScan { found, .. } => Self::looked(found),
            Notice::ScanEnded {
                address,
                lasted_ms,
                times,
                repeated,
            } => Self::scan_ended(address, words::scan_ended(lasted_ms, times), repeated),
            Notice::ExternalScan => {
                let words = "another program scanned; changing the mask address";
                Self::new(Level::DEBUG, EventKind::ExternalScan, words)
            }
            Notice::Unmasked { first, address } => {
                let words = "a scan was not randomized and showed the card's address; `macveil status` counts later ones";
                let level = if first { Level::WARN } else { Level::DEBUG };
                Self::new(level, EventKind::Exposed, words)
                    .detailed(format!("the address shown was {address}"))
            }
            Notice::Limitation(text) => Self::new(Level::WARN, EventKind::Info, text),
            Notice::Unguarded(error) => Self::unguarded(&error),
            Notice::About { ssid, remark } => Self::new(Level::INFO, EventKind::Info, "")
                .about(ssid, format!(": {}", words::network_remark(remark))),
            Notice::Remark(remark) => {
                Self::new(Level::INFO, EventKind::Info, words::remark(&remark))
            }
        }
    }

    fn scan_ended(address: Mac, words: String, repeated: bool) -> Self {
        let level = if repeated { Level::DEBUG } else { Level::WARN };
        Self::new(level, EventKind::Exposed, words).under(AddressKind::Assigned, address)
    }

    fn held(why: &str, retry_ms: Option<u64>) -> Self {
        let Some(pause) = retry_ms.map(seconds) else {
            return Self::new(Level::INFO, EventKind::Silent, format!("silent: {why}"));
        };
        let words =
            format!("link held down: {why}; retrying in {pause}, then with increasing delay");
        Self::new(Level::WARN, EventKind::Blocked, words)
    }

    fn unguarded(error: &KernelError) -> Self {
        let words = format!("other programs can send frames under former addresses: {error}");
        Self::new(Level::WARN, EventKind::Info, words)
    }

    fn looked(found: Result<Vec<Bss>, ScanFailure>) -> Self {
        let words = match found {
            Ok(heard) => format!(
                "scanned all channels, as requested: {} access points found",
                heard.len()
            ),
            Err(failure) => format!(
                "requested scan failed: {}",
                crate::words::scan_failure(&failure)
            ),
        };
        Self::new(Level::INFO, EventKind::Scanned, words)
    }

    fn assigned(self, address: Mac) -> Self {
        self.under(AddressKind::Assigned, address)
            .detailed(format!("assigned address {address}"))
    }

    /// The sentence, with the network named as the reader may see it.
    pub(super) fn text(&self, name: impl FnOnce(&Ssid) -> String) -> String {
        let [before, after] = &self.words;
        let name = self.network.as_ref().map(name).unwrap_or_default();
        format!("{before}{name}{after}")
    }

    /// For clients, which may see all names, as root may.
    pub(super) fn event(&self, interface: &str) -> EventLine {
        let text = self.text(|ssid| format!("\"{ssid}\""));
        EventLine {
            ssid: self.network.clone(),
            address: self.address.map(|(_, address)| address),
            ..EventLine::new(self.kind, Some(interface.to_owned()), text)
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{} s", Duration::from_millis(milliseconds).as_secs_f32())
}

#[cfg(test)]
mod tests {
    use macveil_core::machine::{FailReason, NetworkRemark};

    use super::*;
    use crate::protocol::word;

    fn home() -> Ssid {
        Ssid::new(b"Home").unwrap()
    }

    #[test]
    fn the_network_stands_where_the_reader_expects_it() {
        let failed = Entry::of(Notice::Failed {
            ssid: home(),
            reason: FailReason::NoAnswer,
            retry_ms: 1500,
        });
        assert_eq!(
            failed.text(|_| "network 123456".to_owned()),
            "no connection to network 123456: the access point did not answer; retrying in 1.5 s"
        );
        let remark = Entry::of(Notice::About {
            ssid: home(),
            remark: NetworkRemark::Rejoining,
        });
        assert_eq!(
            remark.event("wlan0").text,
            "\"Home\": reconnecting, as requested"
        );
    }

    #[test]
    fn programs_get_the_parts() {
        let connected = Entry::of(Notice::Connected {
            ssid: home(),
            address: Mac([2, 0, 0, 0, 0, 7]),
            adopted: false,
        });
        assert_eq!(
            EventLine {
                time_ms: 12,
                ..connected.event("wlan0")
            }
            .to_line(),
            r#"{"version":1,"event":"connected","time_ms":12,"interface":"wlan0","text":"connected to \"Home\"","ssid":"Home","ssid_hex":"486f6d65","address":"02:00:00:00:00:07"}"#
        );
    }

    #[test]
    fn each_logged_kind_has_its_own_id_and_is_documented() {
        let document = include_str!("../../docs/control-socket.md");
        let manual = include_str!("../../docs/status.md");
        let catalog = include_str!("../../contrib/systemd/catalog/macveil.catalog");
        let mut ids = Vec::new();
        for kind in [
            EventKind::Masked,
            EventKind::Associating,
            EventKind::Connected,
            EventKind::Lost,
            EventKind::Failed,
            EventKind::Blocked,
            EventKind::Silent,
            EventKind::Assigned,
            EventKind::Disconnected,
            EventKind::Paused,
            EventKind::Resumed,
            EventKind::Scanned,
            EventKind::ExternalScan,
            EventKind::Exposed,
            EventKind::Info,
        ] {
            let (event, id) = (word(&kind), message_id(kind));
            assert!(!ids.contains(&id), "{event}");
            ids.push(id);
            assert_eq!(id.len(), 32);
            assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let subject = format!("-- {id}\nSubject: ");
            assert!(catalog.contains(&subject), "{event}");
            let row = format!("| `{event}` | `{id}` |");
            assert!(manual.contains(&row), "{event}");
            assert!(document.contains(&format!("| `{event}` |")), "{event}");
        }
    }
}
