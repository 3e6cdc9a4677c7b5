//! What the supervisor has to say, once for the log, the journal and whoever follows events.

use std::time::Duration;

use tracing::Level;

use super::words;
use crate::json::Json;
use crate::protocol::News;
use macveil_core::machine::{AddressKind, Notice, ScanFailure};
use macveil_core::types::{Bss, Mac, Ssid};

/// One thing worth telling of an interface.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) level: Level,
    pub(super) kind: &'static Kind,
    /// What stands before and after the network's name; the second is empty where none is named.
    words: [String; 2],
    pub(super) network: Option<Ssid>,
    pub(super) address: Option<(AddressKind, Mac)>,
    /// A line for whoever asks for details.
    pub(super) detail: Option<String>,
}

/// A kind of entry. Both of its names stay the same for good: programs know it by them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// The word of the control socket.
    pub(super) event: &'static str,
    /// `MESSAGE_ID=` of the journal (systemd.journal-fields(7)).
    pub(super) message_id: &'static str,
}

const fn kind(event: &'static str, message_id: &'static str) -> Kind {
    Kind { event, message_id }
}

static MASKED: Kind = kind("masked", "7e3dfd7ff787f1e903b421d7ddf434de");
static ASSOCIATING: Kind = kind("associating", "05b47739ac88a217039dea61e4f3e0d9");
static CONNECTED: Kind = kind("connected", "2b1dd22e0bcdc07e81e1acbcf7b439b0");
static LOST: Kind = kind("lost", "985d1b4eb6d49cd838c80c0350378842");
static FAILED: Kind = kind("failed", "71aa16bd97b6bd00e328a7c3bfafce89");
static HELD: Kind = kind("held", "67af2c4872b55da9c6e327ef18127395");
static SILENT: Kind = kind("silent", "7181fa27fa96d909d0d81b3a347740f1");
static ASSIGNED: Kind = kind("assigned", "c45a9330087ad7eeeb6ad4a527533db1");
static PARKED: Kind = kind("parked", "fc9df434871008bf9f4ccab9755d2599");
static PAUSED: Kind = kind("paused", "ebc70ff79e40ffd9cd3e6555e6d5c19b");
static RESUMED: Kind = kind("resumed", "cbf72314bf367d8a04eb205db402725c");
static SCANNED: Kind = kind("scanned", "f33bd64568aec23fe491cf11b21ae445");
static FOREIGN_SCAN: Kind = kind("foreign-scan", "2b2facf7fd62fa6832307f012c67d9e5");
static EXPOSED: Kind = kind("exposed", "1c4135dad90c958bcf94e5be11760a42");
static REMARK: Kind = kind("remark", "2a82c38dda7a1d40445b60ae65ff5ed6");

/// Every kind, as documented.
#[cfg(test)]
pub(super) static KINDS: [&Kind; 15] = [
    &MASKED,
    &ASSOCIATING,
    &CONNECTED,
    &LOST,
    &FAILED,
    &HELD,
    &SILENT,
    &ASSIGNED,
    &PARKED,
    &PAUSED,
    &RESUMED,
    &SCANNED,
    &FOREIGN_SCAN,
    &EXPOSED,
    &REMARK,
];

impl Entry {
    fn new(level: Level, kind: &'static Kind, words: impl Into<String>) -> Self {
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
            Notice::Masked { address } => {
                Self::new(Level::DEBUG, &MASKED, format!("masked as {address}"))
                    .under(AddressKind::Mask, address)
            }
            Notice::Associating {
                ssid,
                bssid,
                address,
            } => Self::new(Level::INFO, &ASSOCIATING, "associating to ")
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
                Self::new(Level::INFO, &CONNECTED, how)
                    .about(ssid, "")
                    .assigned(address)
            }
            Notice::Lost { ssid, why } => {
                Self::new(Level::INFO, &LOST, "connection to ").about(ssid, format!(" {why}"))
            }
            Notice::Failed {
                ssid,
                why,
                retry_ms,
            } => {
                let after = format!(": {why}; not tried again for {}", seconds(retry_ms));
                Self::new(Level::WARN, &FAILED, "no connection to ").about(ssid, after)
            }
            Notice::Blocked { why, retry_ms } => Self::held(&why, retry_ms),
            Notice::Assigned { address } => Self::new(
                Level::DEBUG,
                &ASSIGNED,
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
                Self::new(Level::INFO, &CONNECTED, words).assigned(address)
            }
            Notice::Disconnected => {
                let words = "disconnected by the user; masked and silent";
                Self::new(Level::INFO, &PARKED, words)
            }
            Notice::Paused { span_ms } => {
                let span = span_ms.map(|ms| format!("for {}", seconds(ms)));
                let span = span.as_deref().unwrap_or("until resumed");
                let words = format!("paused {span}: nothing is scanned or joined");
                Self::new(Level::INFO, &PAUSED, words)
            }
            Notice::Unpaused => Self::new(Level::INFO, &RESUMED, "the pause is over"),
            Notice::UserScan { found, .. } => Self::looked(found),
            Notice::ExternalScan {
                exposed: Some(address),
            } => {
                let words = "another program scanned and showed the assigned address";
                Self::new(Level::WARN, &EXPOSED, words)
                    .under(AddressKind::Assigned, address)
                    .detailed(format!("the address shown was {address}"))
            }
            Notice::ExternalScan { exposed: None } => {
                let words = "another program scanned; the mask is changed";
                Self::new(Level::DEBUG, &FOREIGN_SCAN, words)
            }
            Notice::Unmasked { first, address } => {
                let words = "a scan was not randomised, and showed the address on the card; later ones are counted in `macveil status`";
                let level = if first { Level::WARN } else { Level::DEBUG };
                Self::new(level, &EXPOSED, words)
                    .detailed(format!("the address shown was {address}"))
            }
            Notice::Limitation(text) => Self::new(Level::WARN, &REMARK, text),
            Notice::About { ssid, remark } => {
                Self::new(Level::INFO, &REMARK, "").about(ssid, format!(": {remark}"))
            }
            Notice::Remark(text) => Self::new(Level::INFO, &REMARK, text),
        }
    }

    fn held(why: &str, retry_ms: Option<u64>) -> Self {
        let Some(pause) = retry_ms.map(seconds) else {
            return Self::new(Level::INFO, &SILENT, format!("silent: {why}"));
        };
        let words = format!("held silent: {why}; trying again in {pause}, then ever more rarely");
        Self::new(Level::WARN, &HELD, words)
    }

    fn looked(found: Result<Vec<Bss>, ScanFailure>) -> Self {
        let words = match found {
            Ok(heard) => format!(
                "scanned all channels, as asked: {} access points heard",
                heard.len()
            ),
            Err(failure) => format!("not scanned as asked: {}", words::scan_failure(&failure)),
        };
        Self::new(Level::INFO, &SCANNED, words)
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

    /// For whoever may see everything, as root may.
    pub(super) fn news(&self, interface: &str) -> News {
        let mut fields = Vec::new();
        if let Some(ssid) = &self.network {
            fields.push(("ssid", Json::text(ssid)));
            fields.push(("ssid_hex", Json::text(ssid.to_hex())));
        }
        if let Some((_, address)) = self.address {
            fields.push(("address", Json::text(address)));
        }
        News {
            event: self.kind.event,
            interface: Some(interface.to_owned()),
            text: self.text(|ssid| format!("\"{ssid}\"")),
            fields,
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{} s", Duration::from_millis(milliseconds).as_secs_f32())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> Ssid {
        Ssid::new(b"Home").unwrap()
    }

    #[test]
    fn the_network_stands_where_the_reader_expects_it() {
        let failed = Entry::of(Notice::Failed {
            ssid: home(),
            why: "nobody answers".to_owned(),
            retry_ms: 1500,
        });
        assert_eq!(
            failed.text(|_| "network 123456".to_owned()),
            "no connection to network 123456: nobody answers; not tried again for 1.5 s"
        );
        let remark = Entry::of(Notice::About {
            ssid: home(),
            remark: "joining it anew".to_owned(),
        });
        assert_eq!(remark.news("wlan0").text, "\"Home\": joining it anew");
    }

    #[test]
    fn programs_get_the_parts() {
        let connected = Entry::of(Notice::Connected {
            ssid: home(),
            address: Mac([2, 0, 0, 0, 0, 7]),
            adopted: false,
        });
        assert_eq!(
            connected.news("wlan0").to_line(12),
            r#"{"version":1,"event":"connected","time_ms":12,"interface":"wlan0","text":"connected to \"Home\"","ssid":"Home","ssid_hex":"486f6d65","address":"02:00:00:00:00:07"}"#
        );
    }

    #[test]
    fn each_kind_is_of_its_own_and_documented() {
        let document = include_str!("../../docs/control-socket.md");
        let manual = include_str!("../../docs/status.md");
        let catalog = include_str!("../../contrib/systemd/catalog/macveil.catalog");
        for (index, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind.message_id.len(), 32);
            assert!(kind.message_id.bytes().all(|byte| byte.is_ascii_hexdigit()));
            let others = KINDS.iter().skip(index + 1);
            assert!(
                others.into_iter().all(|other| {
                    other.message_id != kind.message_id && other.event != kind.event
                })
            );
            let Kind { event, message_id } = kind;
            assert!(
                catalog.contains(&format!("-- {message_id}\nSubject: ")),
                "{event}"
            );
            assert!(
                manual.contains(&format!("| `{event}` | `{message_id}` |")),
                "{event}"
            );
            assert!(
                document.contains(&format!("| `{}` |", kind.event)),
                "{}",
                kind.event
            );
        }
    }
}
