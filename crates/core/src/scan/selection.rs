//! Which BSS to join: the supplicant's networks against what the last scan heard.

use crate::types::{Bss, Frequency, Ssid};
use crate::types::{BssEntry, Network, SecurityLevel};
use crate::types::{KeyMgmt, Mac};

/// A BSS that can be joined now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) ssid: Ssid,
    pub(crate) bssid: Mac,
    pub(crate) frequency: Frequency,
    /// In dBm.
    pub(crate) signal: i32,
    pub(crate) priority: i32,
    pub(crate) joined: Joined,
    /// BSSs of the same network that the supplicant may still know but that were not heard just now.
    pub(crate) silent: Vec<Mac>,
}

/// How a network is joined, as far as its address may hang on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Joined {
    pub(crate) bssid: Option<Mac>,
    pub(crate) security: Option<KeyMgmt>,
    pub(crate) id_str: Option<String>,
}

impl Joined {
    /// A network of the configuration at a BSS: what both offer, the best of it.
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

/// The best candidate: what the user asked for, then priority, security, signal.
pub(crate) fn choose(
    networks: &[Network],
    table: &[BssEntry],
    heard: &[Bss],
    wanted: Option<&Ssid>,
    may_try: impl Fn(&Ssid) -> bool,
) -> Option<Candidate> {
    let pairs = networks
        .iter()
        .flat_map(|network| table.iter().map(move |entry| (network, entry)));
    let (network, entry) = pairs
        .filter(|(network, entry)| joins(network, entry))
        .filter(|(_, entry)| is_heard(heard, entry) && may_try(&entry.ssid))
        .max_by_key(|(network, entry)| {
            (
                wanted == Some(&entry.ssid),
                network.priority,
                entry.security,
                entry.signal,
            )
        })?;
    Some(Candidate {
        ssid: entry.ssid.clone(),
        bssid: entry.bssid,
        frequency: entry.frequency,
        signal: entry.signal,
        priority: network.priority,
        joined: Joined::of(network, entry),
        silent: silent(table, heard, &entry.ssid),
    })
}

/// Whether a network of the configuration may be joined at all now.
pub(crate) const fn is_eligible(network: &Network) -> bool {
    network.enabled
}

/// BSSIDs that the supplicant should be asked about: those heard that bear a known name.
pub(crate) fn of_interest(networks: &[Network], heard: &[Bss]) -> Vec<Mac> {
    let bears_known_name = |bss: &&Bss| {
        networks.iter().any(|network| {
            is_eligible(network) && network.ssid.as_ref().is_none_or(|ssid| *ssid == bss.ssid)
        })
    };
    let mut bssids: Vec<Mac> = heard
        .iter()
        .filter(bears_known_name)
        .map(|bss| bss.bssid)
        .collect();
    bssids.sort_unstable();
    bssids.dedup();
    bssids
}

fn joins(network: &Network, entry: &BssEntry) -> bool {
    let named = network.ssid.as_ref().is_none_or(|ssid| *ssid == entry.ssid);
    is_eligible(network)
        && named
        && !entry.ssid.is_hidden()
        && network.bssid.is_none_or(|bssid| bssid == entry.bssid)
        && secures(network, entry)
}

/// Whether a BSS offers what the network asks for: anybody can send a beacon with its name.
fn secures(network: &Network, entry: &BssEntry) -> bool {
    let protected = !matches!(entry.security, SecurityLevel::Open | SecurityLevel::Owe);
    if network.open || !protected {
        return network.open != protected;
    }
    let shared = |key_mgmt| entry.key_mgmt.contains(key_mgmt);
    // WEP with keys from 802.1X looks like any WEP.
    let dynamic_wep =
        entry.security == SecurityLevel::Wep && network.key_mgmt.contains(&KeyMgmt::Eap);
    network.key_mgmt.is_empty() || network.key_mgmt.iter().any(shared) || dynamic_wep
}

fn is_heard(heard: &[Bss], entry: &BssEntry) -> bool {
    heard.iter().any(|bss| {
        bss.bssid == entry.bssid && bss.ssid == entry.ssid && bss.frequency == entry.frequency
    })
}

fn silent(table: &[BssEntry], heard: &[Bss], ssid: &Ssid) -> Vec<Mac> {
    let unheard = table
        .iter()
        .filter(|entry| entry.ssid == *ssid && !is_heard(heard, entry));
    unheard.map(|entry| entry.bssid).collect()
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
        }
    }

    fn chosen(networks: &[Network], table: &[BssEntry], wanted: Option<&str>) -> Option<Mac> {
        let heard: Vec<Bss> = table.iter().map(heard).collect();
        let wanted = wanted.map(ssid);
        choose(networks, table, &heard, wanted.as_ref(), |_| true).map(|chosen| chosen.bssid)
    }

    #[test]
    fn priority_outweighs_security_and_security_outweighs_signal() {
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
    fn the_users_wish_comes_first() {
        let mut preferred = network("A");
        preferred.priority = 9;
        let table = [entry("A", NEAR, -20), entry("B", FAR, -80)];
        assert_eq!(
            chosen(&[preferred, network("B")], &table, Some("B")),
            Some(FAR)
        );
    }

    #[test]
    fn disabled_foreign_and_unprotected_are_left_alone() {
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
    fn a_beacon_of_the_right_name_that_offers_no_way_in_is_left_alone() {
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
    fn what_was_not_heard_just_now_is_no_candidate_and_is_reported_as_silent() {
        let (here, gone) = (entry("A", NEAR, -70), entry("A", FAR, -20));
        let air = [heard(&here)];
        let chosen = choose(&[network("A")], &[here, gone], &air, None, |_| true).unwrap();
        assert_eq!((chosen.bssid, chosen.silent), (NEAR, vec![FAR]));
    }

    #[test]
    fn a_network_that_just_failed_waits() {
        let here = entry("A", NEAR, -70);
        assert_eq!(
            choose(
                &[network("A")],
                std::slice::from_ref(&here),
                &[heard(&here)],
                None,
                |_| false
            ),
            None
        );
    }

    #[test]
    fn the_supplicant_is_asked_only_about_what_may_be_joined_by_its_name() {
        let mut disabled = network("B");
        disabled.enabled = false;
        let air = [heard(&entry("A", FAR, -70)), heard(&entry("B", NEAR, -20))];
        assert_eq!(of_interest(&[network("A"), disabled.clone()], &air), [FAR]);
        disabled.ssid = None;
        assert_eq!(of_interest(&[disabled], &air), []);
        let any = Network {
            ssid: None,
            ..network("A")
        };
        assert_eq!(of_interest(&[any], &air), [NEAR, FAR]);
    }

    #[test]
    fn a_network_of_one_bss_is_joined_there_only() {
        let mut there = network("A");
        there.bssid = Some(FAR);
        let table = [entry("A", NEAR, -20), entry("A", FAR, -80)];
        assert_eq!(chosen(&[there], &table, None), Some(FAR));
    }
}
