//! The networks of wpa_supplicant's configuration: `LIST_NETWORKS` and `GET_NETWORK`
//! (`ctrl_iface.c` and config.c, 2.10).

use macveil_core::types::{KeyMgmt, Mac, Network, Ssid};

use super::text;

/// Values of `mode` (`enum wpas_mode`, `defs.h`).
const AD_HOC: u32 = 1;
pub(super) const ACCESS_POINT: u32 = 2;
const MESH: u32 = 5;

/// One line of `LIST_NETWORKS`: `id \t ssid \t bssid or any \t flags`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) id: u32,
    /// The raw line, used to detect changes of the network.
    pub(super) text: Vec<u8>,
    bssid: Option<Mac>,
    disabled: bool,
    temporarily_disabled: bool,
    persistent_group: bool,
}

/// Parses the lines of one page; malformed lines are left out.
pub(super) fn lines(answer: &[u8]) -> Vec<Line> {
    text::lines(answer).filter_map(line).collect()
}

fn line(line: &[u8]) -> Option<Line> {
    let mut columns = line.split(|&byte| byte == b'\t');
    let id = text::number(columns.next()?)?;
    let _ssid = columns.next()?;
    let bssid = text::mac(columns.next()?);
    let flags = columns.next()?;
    let has = |flag: &[u8]| flags.windows(flag.len()).any(|window| window == flag);
    Some(Line {
        id,
        text: line.to_vec(),
        bssid,
        disabled: has(b"[DISABLED]"),
        temporarily_disabled: has(b"[TEMP-DISABLED]"),
        persistent_group: has(b"[P2P-PERSISTENT]"),
    })
}

/// A network's values from `GET_NETWORK`, without keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Details {
    /// `ssid`; `None` if not set or empty, which matches any network.
    pub(super) ssid: Option<Ssid>,
    /// The user marked it hidden: `scan_ssid` is 1, or was.
    pub(super) hidden: bool,
    /// `scan_ssid` now.
    pub(super) scan_ssid: Option<String>,
    /// `bgscan` now.
    pub(super) bgscan: Option<String>,
    /// `priority`.
    pub(super) priority: i32,
    /// The words of `key_mgmt`.
    pub(super) key_mgmt: Vec<String>,
    /// Has a WEP key (`GET_NETWORK` shows `*`).
    pub(super) has_wep_key: bool,
    /// `mode`: 0 is an infrastructure station.
    pub(super) mode: u32,
    /// `id_str`; empty if not set.
    pub(super) id_str: String,
}

impl Details {
    /// Whether `key_mgmt` contains this word.
    pub(super) fn manages_keys_by(&self, word: &str) -> bool {
        self.key_mgmt.iter().any(|known| known == word)
    }

    /// Whether the network is joined without a secret.
    fn is_open(&self) -> bool {
        let plain = self.manages_keys_by("NONE") && !self.has_wep_key;
        plain || self.key_mgmt.iter().all(|word| word == "OWE") && !self.key_mgmt.is_empty()
    }

    /// The key management methods that can be used to join.
    fn key_mgmt(&self) -> Vec<KeyMgmt> {
        let method = |word: &String| match word.as_str() {
            "NONE" if self.has_wep_key => Some(KeyMgmt::Wep),
            "NONE" => Some(KeyMgmt::Open),
            word => key_mgmt_of(word),
        };
        self.key_mgmt.iter().filter_map(method).collect()
    }
}

/// Parses a key management name from `key_mgmt` (`WPA-PSK`, `FT-SAE`, `WPA-EAP-SHA256`) or from a
/// BSS's flags (`PSK`, `FT/SAE`, `EAP-SHA256`).
pub(super) fn key_mgmt_of(name: &str) -> Option<KeyMgmt> {
    let has = |word| name.split(['-', '/']).any(|part| part == word);
    if has("SAE") {
        Some(KeyMgmt::Sae)
    } else if has("PSK") {
        Some(KeyMgmt::Psk)
    } else if has("OWE") {
        Some(KeyMgmt::Owe)
    } else if has("EAP") || has("IEEE8021X") || has("FILS") {
        Some(KeyMgmt::Eap)
    } else {
        None
    }
}

/// A configured network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Configured {
    pub(super) line: Line,
    pub(super) details: Details,
}

impl Configured {
    /// Whether this is a station network, as opposed to IBSS, access point, mesh and P2P groups.
    pub(super) fn is_infrastructure(&self) -> bool {
        self.details.mode == 0 && !self.line.persistent_group && !self.is_wps()
    }

    /// What `WPS_PBC` and the like add for two minutes: it has no SSID, and joins whatever offers WPS.
    pub(super) fn is_wps(&self) -> bool {
        self.details.key_mgmt == ["WPS"]
    }

    /// Whether the interface is an access point, or ad-hoc, or in a mesh, in this network.
    pub(super) fn has_other_mode(&self) -> bool {
        matches!(self.details.mode, AD_HOC | ACCESS_POINT | MESH) && !self.line.persistent_group
    }

    /// Whether wpa_supplicant can join the network.
    pub(super) fn is_enabled(&self) -> bool {
        !self.line.disabled
    }

    /// Converts the network for the machine.
    pub(super) fn to_network(&self) -> Network {
        Network {
            id: self.line.id,
            ssid: self.details.ssid.clone(),
            enabled: self.is_enabled(),
            hidden: self.details.hidden,
            priority: self.details.priority,
            bssid: self.line.bssid,
            open: self.details.is_open(),
            key_mgmt: self.details.key_mgmt(),
            id_str: self.details.id_str.clone(),
        }
    }
}

#[cfg(test)]
pub(super) fn configured(id: u32, ssid: Option<&[u8]>) -> Configured {
    Configured {
        line: line(format!("{id}\t\tany\t").as_bytes()).unwrap(),
        details: Details {
            ssid: ssid.and_then(Ssid::new),
            ..Details::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_parsed_with_their_flags() {
        let answer = b"network id / ssid / bssid / flags\n\
            0\tHome\tany\t[CURRENT]\n\
            1\ta\\tb [DISABLED]\t02:00:00:00:03:00\t[DISABLED]\n\
            12\t\tany\t[TEMP-DISABLED]\n\
            13\tDIRECT-xy\tany\t[DISABLED][P2P-PERSISTENT]\n";
        let lines = lines(answer);
        let flags: Vec<_> = lines
            .iter()
            .map(|line| {
                (
                    line.id,
                    line.disabled,
                    line.temporarily_disabled,
                    line.persistent_group,
                )
            })
            .collect();
        assert_eq!(
            flags,
            [
                (0, false, false, false),
                (1, true, false, false),
                (12, false, true, false),
                (13, true, false, true)
            ]
        );
        assert_eq!(lines[1].bssid, Some(Mac([2, 0, 0, 0, 3, 0])));
        assert_eq!(lines[2].bssid, None);
    }

    #[test]
    fn malformed_lines_are_left_out() {
        for answer in [
            &b""[..],
            b"FAIL\n",
            b"1\tcut",
            b"-1\tx\tany\t\n",
            b"x\ty\tany\t\n",
        ] {
            assert_eq!(lines(answer), [], "{}", answer.escape_ascii());
        }
    }

    #[test]
    fn network_without_secret_is_open() {
        let cases: [(&[&str], bool, bool); 7] = [
            (&["NONE"], false, true),
            (&["NONE"], true, false),
            (&["OWE"], false, true),
            (&["WPA-PSK", "SAE"], false, false),
            (&["WPA-PSK", "NONE"], false, true),
            (&["OWE", "SAE"], false, false),
            (&[], false, false),
        ];
        for (words, has_wep_key, expected) in cases {
            let details = Details {
                key_mgmt: words.iter().map(|&word| word.to_owned()).collect(),
                has_wep_key,
                ..Details::default()
            };
            assert_eq!(details.is_open(), expected, "{words:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn random_answer_causes_no_panic(answer: Vec<u8>) {
            let _ = lines(&answer);
        }
    }

    #[test]
    fn key_management_is_derived_from_its_words() {
        let key_mgmt = |words: &[&str], has_wep_key| {
            let key_mgmt = words.iter().map(|&word| word.to_owned()).collect();
            let details = Details {
                key_mgmt,
                has_wep_key,
                ..Details::default()
            };
            details.key_mgmt()
        };
        assert_eq!(key_mgmt(&["NONE"], false), [KeyMgmt::Open]);
        assert_eq!(key_mgmt(&["NONE"], true), [KeyMgmt::Wep]);
        assert_eq!(
            key_mgmt(&["FT-SAE", "WPA-PSK-SHA256", "OWE"], false),
            [KeyMgmt::Sae, KeyMgmt::Psk, KeyMgmt::Owe]
        );
        for word in ["WPA-EAP", "IEEE8021X", "FILS-SHA256"] {
            assert_eq!(key_mgmt(&[word], false), [KeyMgmt::Eap], "{word}");
        }
        assert_eq!(key_mgmt(&["DPP"], false), []);
    }

    #[test]
    fn disabled_and_non_station_networks_are_detected() {
        let mut network = configured(0, Some(b"Home"));
        assert!(network.is_infrastructure() && network.is_enabled());
        network.line.disabled = true;
        assert!(!network.is_enabled());
        network.line.persistent_group = true;
        assert!(!network.is_infrastructure());
        network.line.persistent_group = false;
        network.details.mode = 1;
        assert!(!network.is_infrastructure());
        network.details.mode = 0;
        network.details.key_mgmt = vec!["WPS".to_owned()];
        assert!(!network.is_infrastructure());
    }
}
