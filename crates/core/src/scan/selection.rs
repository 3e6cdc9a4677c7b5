//! Selects the BSS to join from the supplicant's networks and the last scan results.

use std::cmp::Reverse;

use super::owe::{self, Stray};
use crate::types::{Bss, BssEntry, Frequency, KeyMgmt, Mac, Network, SecurityLevel, Ssid};

/// A BSS that can be joined now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The supplicant's id of the network.
    pub(crate) network: u32,
    pub(crate) ssid: Ssid,
    pub(crate) bssid: Mac,
    pub(crate) frequency: Frequency,
    /// In dBm.
    pub(crate) signal: i32,
    pub(crate) priority: i32,
    pub(crate) joined: Joined,
    /// BSSs of the same network in the supplicant's table that the last scan did not find, and what wpa_supplicant would
    /// take for others of it.
    pub(crate) stale: Vec<Mac>,
}

/// How a network is joined: what its policy can depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Joined {
    pub(crate) bssid: Option<Mac>,
    pub(crate) security: Option<KeyMgmt>,
    pub(crate) id_str: Option<String>,
}

impl Joined {
    /// A network at a BSS, with the strongest key management that both support.
    pub(crate) fn of(network: &Network, entry: &BssEntry) -> Self {
        let common = network
            .key_mgmt
            .iter()
            .filter(|key_mgmt| entry.key_mgmt.contains(key_mgmt));
        Self {
            bssid: Some(entry.bssid),
            security: common.max().copied(),
            id_str: Some(network.id_str.clone()),
        }
    }
}

/// The best candidate: the network that the user requested, then by priority, security and signal.
pub(crate) fn choose(
    networks: &[Network],
    table: &[BssEntry],
    heard: &[Bss],
    strays: &[Stray],
    wanted: Option<&Ssid>,
    can_try: impl Fn(&Ssid) -> bool,
) -> Option<Candidate> {
    let pairs = networks
        .iter()
        .flat_map(|network| table.iter().map(move |entry| (network, entry)));
    let (network, entry) = pairs
        .filter(|(network, entry)| joins(network, entry))
        .filter(|(_, entry)| is_heard(heard, entry) && can_try(&entry.ssid))
        .max_by_key(|(network, entry)| {
            (
                wanted == Some(&entry.ssid),
                network.priority,
                entry.security,
                entry.signal,
                // Of equal networks wpa_supplicant takes the first.
                Reverse(network.id),
            )
        })?;
    Some(Candidate {
        network: network.id,
        ssid: entry.ssid.clone(),
        bssid: entry.bssid,
        frequency: entry.frequency,
        signal: entry.signal,
        priority: network.priority,
        joined: Joined::of(network, entry),
        stale: stale(table, heard, strays, &entry.ssid),
    })
}

/// Whether the network can be joined at all.
pub(crate) const fn is_eligible(network: &Network) -> bool {
    network.enabled
}

/// BSSIDs to look up in the supplicant's table: those with the SSID of an eligible network.
pub(crate) fn known_bssids(networks: &[Network], heard: &[Bss]) -> Vec<Mac> {
    let has_known_ssid = |bss: &&Bss| {
        networks.iter().any(|network| {
            is_eligible(network) && network.ssid.as_ref().is_none_or(|ssid| *ssid == bss.ssid)
        })
    };
    let mut bssids: Vec<Mac> = heard
        .iter()
        .filter(has_known_ssid)
        .map(|bss| bss.bssid)
        .collect();
    bssids.sort_unstable();
    bssids.dedup();
    bssids
}

fn joins(network: &Network, entry: &BssEntry) -> bool {
    let same_ssid = network.ssid.as_ref().is_none_or(|ssid| *ssid == entry.ssid);
    is_eligible(network)
        && same_ssid
        && !entry.ssid.is_hidden()
        && network.bssid.is_none_or(|bssid| bssid == entry.bssid)
        && security_matches(network, entry)
}

/// Whether a BSS offers the security of the network. The SSID alone proves nothing: any access point
/// can send it.
fn security_matches(network: &Network, entry: &BssEntry) -> bool {
    // The open half is joined only without OWE: wpa_supplicant would look for the other half by name.
    let wants_owe = owe::wants_owe(network);
    if entry.owe_open_half && wants_owe {
        return false;
    }
    if entry.security == SecurityLevel::Owe && !wants_owe && !network.key_mgmt.is_empty() {
        return false;
    }
    let protected = !matches!(entry.security, SecurityLevel::Open | SecurityLevel::Owe);
    if network.open || !protected {
        return network.open != protected;
    }
    let shared = |key_mgmt| entry.key_mgmt.contains(key_mgmt);
    // WEP with keys from 802.1X looks like static WEP.
    let dynamic_wep =
        entry.security == SecurityLevel::Wep && network.key_mgmt.contains(&KeyMgmt::Eap);
    network.key_mgmt.is_empty() || network.key_mgmt.iter().any(shared) || dynamic_wep
}

fn is_heard(heard: &[Bss], entry: &BssEntry) -> bool {
    heard.iter().any(|bss| {
        bss.bssid == entry.bssid && bss.ssid == entry.ssid && bss.frequency == entry.frequency
    })
}

fn stale(table: &[BssEntry], heard: &[Bss], strays: &[Stray], ssid: &Ssid) -> Vec<Mac> {
    let unheard = table
        .iter()
        .filter(|entry| entry.ssid == *ssid && !is_heard(heard, entry));
    let strays = strays.iter().filter(|stray| stray.named == *ssid);
    let strays = strays.map(|stray| stray.bssid);
    unheard.map(|entry| entry.bssid).chain(strays).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const FAR: Mac = Mac([2, 0, 0, 0, 0, 2]);

    fn ssid(name: &str) -> Ssid {
        Ssid::new(name.as_bytes()).unwrap()
    }

    fn network(name: &str) -> Network {
        Network {
            id: 0,
            ssid: Some(ssid(name)),
            enabled: true,
            hidden: false,
            priority: 0,
            bssid: None,
            open: false,
            key_mgmt: vec![KeyMgmt::Psk, KeyMgmt::Sae],
            id_str: String::new(),
        }
    }

    fn entry(name: &str, bssid: Mac, signal: i32) -> BssEntry {
        BssEntry {
            owe_open_half: false,
            bssid,
            frequency: 2437,
            signal,
            ssid: ssid(name),
            security: SecurityLevel::Rsn,
            key_mgmt: vec![KeyMgmt::Psk],
        }
    }

    fn heard(entry: &BssEntry) -> Bss {
        Bss {
            bssid: entry.bssid,
            frequency: entry.frequency,
            signal: entry.signal,
            ssid: entry.ssid.clone(),
            ms_ago: 5,
            owe: None,
        }
    }

    fn chosen(networks: &[Network], table: &[BssEntry], wanted: Option<&str>) -> Option<Mac> {
        let heard: Vec<Bss> = table.iter().map(heard).collect();
        let wanted = wanted.map(ssid);
        choose(networks, table, &heard, &[], wanted.as_ref(), |_| true).map(|chosen| chosen.bssid)
    }

    #[test]
    fn priority_then_security_then_signal_decides() {
        let mut preferred = network("A");
        preferred.priority = 1;
        let strong = entry("B", NEAR, -20);
        let mut safe = entry("A", FAR, -80);
        assert_eq!(
            chosen(
                &[network("B"), preferred],
                &[strong.clone(), safe.clone()],
                None
            ),
            Some(FAR)
        );
        safe.security = SecurityLevel::Sae;
        assert_eq!(
            chosen(&[network("B"), network("A")], &[strong, safe], None),
            Some(FAR)
        );
    }

    #[test]
    fn requested_network_is_chosen_before_priority() {
        let mut preferred = network("A");
        preferred.priority = 9;
        let table = [entry("A", NEAR, -20), entry("B", FAR, -80)];
        assert_eq!(
            chosen(&[preferred, network("B")], &table, Some("B")),
            Some(FAR)
        );
    }

    #[test]
    fn disabled_unknown_or_unprotected_network_is_not_chosen() {
        let mut disabled = network("A");
        disabled.enabled = false;
        assert_eq!(chosen(&[disabled], &[entry("A", NEAR, -20)], None), None);
        assert_eq!(
            chosen(&[network("A")], &[entry("B", NEAR, -20)], None),
            None
        );
        let mut imitation = entry("A", NEAR, -20);
        imitation.security = SecurityLevel::Open;
        assert_eq!(chosen(&[network("A")], &[imitation], None), None);
    }

    #[test]
    fn network_joins_only_the_half_of_an_owe_pair_that_it_names() {
        let open_half = BssEntry {
            security: SecurityLevel::Open,
            key_mgmt: vec![KeyMgmt::Open],
            owe_open_half: true,
            ..entry("A", NEAR, -20)
        };
        let encrypted = BssEntry {
            security: SecurityLevel::Owe,
            key_mgmt: vec![KeyMgmt::Owe],
            ..entry("A", FAR, -80)
        };
        let table = [open_half.clone(), encrypted];
        let with = |key_mgmt| Network {
            open: true,
            key_mgmt: vec![key_mgmt],
            ..network("A")
        };
        assert_eq!(chosen(&[with(KeyMgmt::Owe)], &table, None), Some(FAR));
        assert_eq!(chosen(&[with(KeyMgmt::Owe)], &[open_half], None), None);
        assert_eq!(chosen(&[with(KeyMgmt::Open)], &table, None), Some(NEAR));
    }

    #[test]
    fn bss_without_matching_key_mgmt_is_not_chosen() {
        let mut imitation = entry("A", NEAR, -20);
        imitation.key_mgmt.clear();
        let real = entry("A", FAR, -80);
        let table = [imitation.clone(), real];
        assert_eq!(chosen(&[network("A")], &table, None), Some(FAR));
        imitation.security = SecurityLevel::Wep;
        imitation.key_mgmt = vec![KeyMgmt::Wep];
        let table = [imitation];
        assert_eq!(chosen(&[network("A")], &table, None), None);
        let mut dynamic = network("A");
        dynamic.key_mgmt = vec![KeyMgmt::Eap];
        assert_eq!(chosen(&[dynamic], &table, None), Some(NEAR));
        let mut unknown = network("A");
        unknown.key_mgmt.clear();
        assert_eq!(chosen(&[unknown], &table, None), Some(NEAR));
    }

    #[test]
    fn bss_missing_from_scan_results_is_stale() {
        let (here, gone) = (entry("A", NEAR, -70), entry("A", FAR, -20));
        let air = [heard(&here)];
        let chosen = choose(&[network("A")], &[here, gone], &air, &[], None, |_| true).unwrap();
        assert_eq!((chosen.bssid, chosen.stale), (NEAR, vec![FAR]));
    }

    #[test]
    fn network_in_backoff_is_not_chosen() {
        let here = entry("A", NEAR, -70);
        assert_eq!(
            choose(
                &[network("A")],
                std::slice::from_ref(&here),
                &[heard(&here)],
                &[],
                None,
                |_| false
            ),
            None
        );
    }

    #[test]
    fn only_bssids_of_eligible_networks_are_looked_up() {
        let mut disabled = network("B");
        disabled.enabled = false;
        let air = [heard(&entry("A", FAR, -70)), heard(&entry("B", NEAR, -20))];
        assert_eq!(known_bssids(&[network("A"), disabled.clone()], &air), [FAR]);
        disabled.ssid = None;
        assert_eq!(known_bssids(&[disabled], &air), []);
        let any = Network {
            ssid: None,
            ..network("A")
        };
        assert_eq!(known_bssids(&[any], &air), [NEAR, FAR]);
    }

    #[test]
    fn network_with_bssid_is_joined_only_there() {
        let mut there = network("A");
        there.bssid = Some(FAR);
        let table = [entry("A", NEAR, -20), entry("A", FAR, -80)];
        assert_eq!(chosen(&[there], &table, None), Some(FAR));
    }
}
