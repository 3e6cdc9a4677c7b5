//! Denies networks with `SET disallow_aps` (`set_disallow_aps`, `ctrl_iface.c`, 2.10), which
//! wpa_supplicant never saves to its configuration.

use std::fmt::Write as _;

use macveil_core::types::{BssEntry, Mac, Ssid};

use super::network::Configured;

/// Maximum command length in bytes of 2.9 and of versions that do not report a limit.
pub(super) const DEFAULT_COMMAND_LIMIT: usize = 4095;

/// What may be joined.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    pub(super) keep: Option<Ssid>,
    pub(super) except: Vec<Mac>,
    pub(super) current: Option<Mac>,
}

/// The facts that determine which networks are denied.
pub(super) struct Grounds<'a> {
    /// All configured networks, also disabled ones, because the user can enable them.
    pub(super) networks: &'a [Configured],
    /// Scan results; required if [`Grounds::needs_table`] returns true.
    pub(super) table: &'a [BssEntry],
    /// The only allowed network.
    pub(super) keep: Option<&'a Ssid>,
    /// BSSs that are always denied.
    pub(super) except: &'a [Mac],
    /// The current BSS, never denied: wpa_supplicant would deauthenticate.
    pub(super) current: Option<Mac>,
    /// wpa_supplicant's maximum command length in bytes.
    pub(super) limit: usize,
}

impl Grounds<'_> {
    /// The command that denies all networks except `keep`.
    ///
    /// If it is too long, only SSIDs in the scan results are denied, which suffices until new results
    /// arrive. `None` if even that command is too long.
    pub(super) fn command(&self) -> Option<String> {
        let ssids = self.other_ssids();
        let bssids = self.bssids();
        let fits = |command: &String| command.len() <= self.limit;
        Some(command(&ssids, &bssids)).filter(fits).or_else(|| {
            let in_table = |ssid: &&Ssid| self.table.iter().any(|entry| entry.ssid == **ssid);
            let ssids: Vec<_> = ssids.into_iter().filter(in_table).collect();
            Some(command(&ssids, &bssids)).filter(fits)
        })
    }

    /// Whether the command is too long or incomplete without scan results.
    pub(super) fn needs_table(&self) -> bool {
        self.has_wildcard() || command(&self.other_ssids(), &self.bssids()).len() > self.limit
    }

    fn other_ssids(&self) -> Vec<&Ssid> {
        let ssids = self.networks.iter();
        let ssids = ssids.filter_map(|network| network.details.ssid.as_ref());
        each_once(ssids.filter(|&ssid| Some(ssid) != self.keep))
    }

    /// A network without an SSID matches any network, so all other BSSs are denied individually.
    fn bssids(&self) -> Vec<Mac> {
        let others = self
            .table
            .iter()
            .filter(|entry| self.has_wildcard() && Some(&entry.ssid) != self.keep)
            .map(|entry| entry.bssid);
        let is_allowed = |bssid: &Mac| {
            let mut table = self.table.iter();
            table.any(|entry| entry.bssid == *bssid && Some(&entry.ssid) == self.keep)
        };
        let bssids = others
            .filter(|bssid| !is_allowed(bssid))
            .chain(self.except.iter().copied());
        each_once(bssids.filter(|&bssid| Some(bssid) != self.current))
    }

    fn has_wildcard(&self) -> bool {
        self.networks
            .iter()
            .any(|network| network.is_infrastructure() && network.details.ssid.is_none())
    }
}

fn each_once<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<_> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The command that denies exactly these SSIDs and BSSIDs.
fn command(ssids: &[&Ssid], bssids: &[Mac]) -> String {
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
    use base16ct::lower;

    use super::super::network::configured;
    use super::*;
    use macveil_core::types::SecurityLevel;

    fn ssid(name: &str) -> Ssid {
        Ssid::new(name.as_bytes()).unwrap()
    }

    fn bss(last: u8, name: &str) -> BssEntry {
        BssEntry {
            owe_open_half: false,
            bssid: Mac([2, 0, 0, 0, 3, last]),
            frequency: 2412,
            signal: -50,
            ssid: ssid(name),
            security: SecurityLevel::Rsn,
            key_mgmt: Vec::new(),
        }
    }

    fn grounds<'a>(networks: &'a [Configured], table: &'a [BssEntry]) -> Grounds<'a> {
        Grounds {
            networks,
            table,
            keep: None,
            except: &[],
            current: None,
            limit: 8192,
        }
    }

    #[test]
    fn each_ssid_is_denied_once() {
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
    fn empty_list_ends_with_a_space() {
        assert_eq!(
            grounds(&[], &[]).command().as_deref(),
            Some("SET disallow_aps ")
        );
    }

    #[test]
    fn excluded_bss_of_the_allowed_network_is_denied() {
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
    fn several_bsss_are_denied() {
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
    fn network_without_ssid_denies_all_other_bsss() {
        let networks = [configured(0, Some(b"b")), configured(1, None)];
        let table = [bss(1, "b"), bss(2, "c"), bss(3, "c"), bss(3, "b")];
        let grounds = Grounds {
            keep: Some(&ssid("b")),
            ..grounds(&networks, &table)
        };
        assert!(grounds.needs_table());
        let expected = "SET disallow_aps bssid 02:00:00:00:03:02";
        assert_eq!(grounds.command().as_deref(), Some(expected));
        let grounds = Grounds {
            current: Some(Mac([2, 0, 0, 0, 3, 2])),
            ..grounds
        };
        assert_eq!(grounds.command().as_deref(), Some("SET disallow_aps "));
    }

    #[test]
    fn too_many_networks_deny_only_scanned_ssids() {
        let names: Vec<String> = (0..100)
            .map(|n| format!("a rather long network name {n:03}"))
            .collect();
        let networks: Vec<Configured> = (0..)
            .zip(&names)
            .map(|(id, name)| configured(id, Some(name.as_bytes())))
            .collect();
        let table = [bss(1, &names[7]), bss(2, "unknown")];
        let mut grounds = grounds(&networks, &table);
        assert!(!grounds.needs_table());
        grounds.limit = DEFAULT_COMMAND_LIMIT;
        assert!(grounds.needs_table());
        let expected = format!(
            "SET disallow_aps ssid {}",
            lower::encode_string(names[7].as_bytes())
        );
        assert_eq!(grounds.command(), Some(expected));
        grounds.limit = 20;
        assert_eq!(grounds.command(), None);
    }

    #[test]
    fn denied_items_are_separated_by_spaces() {
        let (a, b) = (ssid("A"), ssid("B"));
        let bssids = [1, 2].map(|last| Mac([2, 0, 0, 0, 3, last]));
        assert_eq!(
            command(&[&a, &b], &bssids),
            "SET disallow_aps ssid 41 ssid 42 bssid 02:00:00:00:03:01 bssid 02:00:00:00:03:02"
        );
    }
}
