//! What may not be joined: `SET disallow_aps` (`set_disallow_aps`, `ctrl_iface.c`, 2.10), which holds
//! at run time only and is never saved.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use macveil_core::types::{BssEntry, Mac, Ssid};

use super::network::Configured;

/// The longest command of 2.9, and of versions that do not say.
pub(super) const SHORTEST_LIMIT: usize = 4095;

/// Everything that bears on what is denied.
pub(super) struct Grounds<'a> {
    /// Every configured network, disabled ones included: somebody may enable one.
    pub(super) networks: &'a [Configured],
    /// What was heard; needed if [`needs_table`] says so.
    pub(super) heard: &'a [BssEntry],
    /// The one network that stays allowed.
    pub(super) keep: Option<&'a Ssid>,
    /// BSSs denied in any case.
    pub(super) except: &'a [Mac],
    /// The BSS that it is connected to, never denied: wpa_supplicant would deauthenticate.
    pub(super) present: Option<Mac>,
    /// The longest command that wpa_supplicant takes.
    pub(super) limit: usize,
}

impl Grounds<'_> {
    /// The command that denies everything but `keep`.
    ///
    /// If it would be too long, only SSIDs that were heard are denied, which is enough for as long
    /// as nothing else is heard. `None` if even that is too long.
    pub(super) fn command(&self) -> Option<String> {
        let ssids = self.other_ssids();
        let bssids = self.bssids();
        let fits = |command: &String| command.len() <= self.limit;
        Some(command(&ssids, &bssids)).filter(fits).or_else(|| {
            let heard: BTreeSet<&Ssid> = self.heard.iter().map(|entry| &entry.ssid).collect();
            let ssids = ssids.intersection(&heard).copied().collect();
            Some(command(&ssids, &bssids)).filter(fits)
        })
    }

    /// Whether the list is too long or incomplete without knowing what was heard.
    pub(super) fn needs_table(&self) -> bool {
        self.has_wildcard() || command(&self.other_ssids(), &self.bssids()).len() > self.limit
    }

    fn other_ssids(&self) -> BTreeSet<&Ssid> {
        self.networks
            .iter()
            .filter_map(|network| network.details.ssid.as_ref())
            .filter(|&ssid| Some(ssid) != self.keep)
            .collect()
    }

    /// A network without an SSID matches any, so for its sake what was heard is denied one by one.
    fn bssids(&self) -> BTreeSet<Mac> {
        let others = self
            .heard
            .iter()
            .filter(|entry| self.has_wildcard() && Some(&entry.ssid) != self.keep)
            .map(|entry| entry.bssid);
        let kept: BTreeSet<Mac> = self
            .heard
            .iter()
            .filter(|entry| Some(&entry.ssid) == self.keep)
            .map(|entry| entry.bssid)
            .collect();
        others
            .filter(|bssid| !kept.contains(bssid))
            .chain(self.except.iter().copied())
            .filter(|&bssid| Some(bssid) != self.present)
            .collect()
    }

    fn has_wildcard(&self) -> bool {
        self.networks
            .iter()
            .any(|network| network.is_infrastructure() && network.details.ssid.is_none())
    }
}

/// The command that denies exactly these.
pub(super) fn command(ssids: &BTreeSet<&Ssid>, bssids: &BTreeSet<Mac>) -> String {
    let mut command = String::from("SET disallow_aps ");
    let mut separator = "";
    for ssid in ssids {
        let _ = write!(command, "{separator}ssid {}", ssid.to_hex());
        separator = " ";
    }
    for bssid in bssids {
        let _ = write!(command, "{separator}bssid {bssid}");
        separator = " ";
    }
    command
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::super::network::configured;
    use super::*;
    use macveil_core::types::SecurityLevel;

    fn ssid(name: &str) -> Ssid {
        Ssid::new(name.as_bytes()).unwrap()
    }

    fn heard(last: u8, name: &str) -> BssEntry {
        BssEntry {
            bssid: Mac([2, 0, 0, 0, 3, last]),
            frequency: 2412,
            signal: -50,
            ssid: ssid(name),
            security: SecurityLevel::Rsn,
            key_mgmt: Vec::new(),
        }
    }

    fn grounds<'a>(networks: &'a [Configured], heard: &'a [BssEntry]) -> Grounds<'a> {
        Grounds {
            networks,
            heard,
            keep: None,
            except: &[],
            present: None,
            limit: 8192,
        }
    }

    #[test]
    fn denies_each_ssid_once() {
        let networks = [
            configured(0, Some(b"b")),
            configured(1, Some(b"a\0")),
            configured(2, Some(b"b")),
        ];
        let grounds = grounds(&networks, &[]);
        let expected = "SET disallow_aps ssid 6100 ssid 62";
        assert_eq!(grounds.command().as_deref(), Some(expected));
    }

    #[test]
    fn denies_nothing_with_a_blank_at_the_end() {
        assert_eq!(
            grounds(&[], &[]).command().as_deref(),
            Some("SET disallow_aps ")
        );
    }

    #[test]
    fn keeps_one_but_not_all_of_its_bsss() {
        let networks = [configured(0, Some(b"b")), configured(1, Some(b"a"))];
        let grounds = Grounds {
            keep: Some(&ssid("b")),
            except: &[Mac([2, 0, 0, 0, 3, 9])],
            ..grounds(&networks, &[])
        };
        let expected = "SET disallow_aps ssid 61 bssid 02:00:00:00:03:09";
        assert_eq!(grounds.command().as_deref(), Some(expected));
    }

    #[test]
    fn denies_one_bss_after_the_other() {
        let networks = [configured(0, Some(b"b"))];
        let grounds = Grounds {
            keep: Some(&ssid("b")),
            except: &[Mac([2, 0, 0, 0, 3, 9]), Mac([2, 0, 0, 0, 3, 8])],
            ..grounds(&networks, &[])
        };
        let expected = "SET disallow_aps bssid 02:00:00:00:03:08 bssid 02:00:00:00:03:09";
        assert_eq!(grounds.command().as_deref(), Some(expected));
    }

    #[test]
    fn denies_every_other_bss_to_a_network_that_matches_any() {
        let networks = [configured(0, Some(b"b")), configured(1, None)];
        let heard = [heard(1, "b"), heard(2, "c"), heard(3, "c"), heard(3, "b")];
        let grounds = Grounds {
            keep: Some(&ssid("b")),
            ..grounds(&networks, &heard)
        };
        assert!(grounds.needs_table());
        let expected = "SET disallow_aps bssid 02:00:00:00:03:02";
        assert_eq!(grounds.command().as_deref(), Some(expected));
        let grounds = Grounds {
            present: Some(Mac([2, 0, 0, 0, 3, 2])),
            ..grounds
        };
        assert_eq!(grounds.command().as_deref(), Some("SET disallow_aps "));
    }

    #[test]
    fn denies_only_what_was_heard_if_there_are_too_many() {
        let names: Vec<String> = (0..100)
            .map(|n| format!("a rather long network name {n:03}"))
            .collect();
        let networks: Vec<Configured> = (0..)
            .zip(&names)
            .map(|(id, name)| configured(id, Some(name.as_bytes())))
            .collect();
        let heard = [heard(1, &names[7]), heard(2, "unknown")];
        let mut grounds = grounds(&networks, &heard);
        assert!(!grounds.needs_table());
        grounds.limit = SHORTEST_LIMIT;
        assert!(grounds.needs_table());
        let expected = format!(
            "SET disallow_aps ssid {}",
            HEXLOWER.encode(names[7].as_bytes())
        );
        assert_eq!(grounds.command(), Some(expected));
        grounds.limit = 20;
        assert_eq!(grounds.command(), None);
    }

    #[test]
    fn what_is_denied_is_listed_with_blanks_between() {
        let (a, b) = (ssid("A"), ssid("B"));
        let bssids = [1, 2].map(|last| Mac([2, 0, 0, 0, 3, last]));
        assert_eq!(
            command(&[&a, &b].into(), &bssids.into()),
            "SET disallow_aps ssid 41 ssid 42 bssid 02:00:00:00:03:01 bssid 02:00:00:00:03:02"
        );
    }
}
