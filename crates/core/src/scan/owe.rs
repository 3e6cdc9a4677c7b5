//! OWE in transition mode: an open BSS and a hidden, encrypted one that name each other. wpa_supplicant
//! knows the hidden half by the open one's SSID, but only after a probe response has told its own; until
//! then it would ask for it by name itself.

use crate::types::{Bss, BssEntry, Frequency, KeyMgmt, Mac, Network, Ssid};

/// Pairs, and other BSSs, that are remembered: anyone can send such elements.
const MAX_PAIRS: usize = 16;
const MAX_STRAYS: usize = 32;

/// Two BSSs that name each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    open: Ssid,
    bssid: Mac,
    ssid: Ssid,
    frequency: Frequency,
    /// A probe response has told the SSID of the hidden half.
    is_named: bool,
}

/// The pairs in these scan results.
pub(crate) fn pairs(found: &[Bss]) -> Vec<Pair> {
    let sends_no_ssid = |bssid: Mac| {
        let mut of_it = found.iter().filter(|bss| bss.bssid == bssid);
        of_it.any(|bss| bss.ssid.is_hidden())
    };
    let open_halves = found.iter().filter(|bss| !sends_no_ssid(bss.bssid));
    let pairs = open_halves.filter_map(|open| {
        let named = open.owe.as_ref()?;
        let mut halves = found.iter().filter(|bss| bss.bssid == named.bssid);
        let hidden = halves.find(|bss| {
            let back = bss.owe.as_ref();
            back.is_some_and(|back| back.bssid == open.bssid && back.ssid == open.ssid)
        })?;
        let is_usable =
            sends_no_ssid(hidden.bssid) && !named.ssid.is_hidden() && named.ssid != open.ssid;
        is_usable.then(|| Pair {
            open: open.ssid.clone(),
            bssid: hidden.bssid,
            ssid: named.ssid.clone(),
            frequency: hidden.frequency,
            is_named: found
                .iter()
                .any(|bss| bss.bssid == hidden.bssid && bss.ssid == named.ssid),
        })
    });
    pairs.take(MAX_PAIRS).collect()
}

/// A BSS that names another one, without being the hidden half of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stray {
    pub(crate) bssid: Mac,
    ssid: Ssid,
    frequency: Frequency,
    /// wpa_supplicant takes it for an access point of a network with this SSID and OWE.
    pub(crate) named: Ssid,
    other: Mac,
    /// The other one was not heard. A scan with probe requests leaves a channel before every beacon was heard.
    is_alone: bool,
}

/// The strays in these scan results.
pub(crate) fn strays(found: &[Bss], pairs: &[Pair]) -> Vec<Stray> {
    let mut strays = Vec::new();
    for bss in found {
        if let Some(named) = &bss.owe
            && !bss.ssid.is_hidden()
            && !pairs.iter().any(|pair| pair.bssid == bss.bssid)
            && strays.len() < MAX_STRAYS
        {
            strays.push(Stray {
                bssid: bss.bssid,
                ssid: bss.ssid.clone(),
                frequency: bss.frequency,
                named: named.ssid.clone(),
                other: named.bssid,
                is_alone: !found.iter().any(|bss| bss.bssid == named.bssid),
            });
        }
    }
    strays
}

/// Whether these scan results have an access point of this SSID that is half of no pair.
pub(crate) fn has_single(found: &[Bss], ssid: &Ssid) -> bool {
    found
        .iter()
        .any(|bss| bss.ssid == *ssid && bss.owe.is_none())
}

/// Whether they have the hidden half of an open one with this SSID, and its name.
pub(crate) fn has_named_half(found: &[Bss], ssid: &Ssid) -> bool {
    let pairs = pairs(found);
    pairs.iter().any(|pair| pair.open == *ssid && pair.is_named)
}

/// Hidden halves to listen for before one of the networks can be joined, and where.
pub(crate) fn to_hear(strays: &[Stray], networks: &[Network]) -> Vec<(Mac, Frequency)> {
    let wanted = strays
        .iter()
        .filter(|it| it.is_alone && is_wanted(&it.ssid, networks));
    wanted.map(|it| (it.other, it.frequency)).collect()
}

fn is_wanted(open: &Ssid, networks: &[Network]) -> bool {
    let mut networks = networks.iter();
    networks.any(|it| it.enabled && wants_owe(it) && it.ssid.as_ref() == Some(open))
}

/// Gives hidden halves the SSID by which their network is configured.
pub(crate) fn rename(pairs: &[Pair], bssid: Mac, ssid: &mut Ssid) {
    let mut pairs = pairs.iter();
    if let Some(pair) = pairs.find(|pair| pair.bssid == bssid && pair.ssid == *ssid) {
        *ssid = pair.open.clone();
    }
}

/// As [`rename`], for a list.
pub(crate) fn rename_table(pairs: &[Pair], table: &mut [BssEntry]) {
    for entry in table {
        rename(pairs, entry.bssid, &mut entry.ssid);
    }
}

/// Hidden halves whose SSID has to be sent before one of the networks can be joined: where, and the SSIDs.
pub(crate) fn to_name(
    pairs: &[Pair],
    networks: &[Network],
    max: u8,
) -> Vec<(Mac, Frequency, Ssid)> {
    let unnamed = pairs.iter().filter(|pair| !pair.is_named);
    let wanted = unnamed.filter(|pair| is_wanted(&pair.open, networks));
    wanted
        .map(|pair| (pair.bssid, pair.frequency, pair.ssid.clone()))
        .take(usize::from(max))
        .collect()
}

/// Whether the network is to be encrypted by OWE.
pub(crate) fn wants_owe(network: &Network) -> bool {
    network.key_mgmt.contains(&KeyMgmt::Owe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::OweTransition;

    const OPEN: Mac = Mac([2, 0, 0, 0, 1, 0]);
    const HIDDEN: Mac = Mac([2, 0, 0, 0, 2, 0]);

    fn ssid(name: &str) -> Ssid {
        Ssid::new(name.as_bytes()).unwrap()
    }

    fn bss(bssid: Mac, name: &str, other: Mac, its_name: &str) -> Bss {
        Bss {
            bssid,
            frequency: 2437,
            signal: -40,
            ssid: ssid(name),
            ms_ago: 1,
            owe: Some(OweTransition {
                bssid: other,
                ssid: ssid(its_name),
            }),
        }
    }

    fn network(key_mgmt: KeyMgmt) -> Network {
        Network {
            id: 0,
            ssid: Some(ssid("Cafe")),
            enabled: true,
            hidden: false,
            priority: 0,
            bssid: None,
            open: true,
            key_mgmt: vec![key_mgmt],
            id_str: String::new(),
        }
    }

    #[test]
    fn hidden_half_is_named_once_for_a_network_with_owe() {
        let mut air = vec![
            bss(OPEN, "Cafe", HIDDEN, "Cafe-OWE"),
            bss(HIDDEN, "", OPEN, "Cafe"),
        ];
        let named = |air: &[Bss], key_mgmt| to_name(&pairs(air), &[network(key_mgmt)], 4);
        let expected = [(HIDDEN, 2437, ssid("Cafe-OWE"))];
        assert_eq!(named(&air, KeyMgmt::Owe), expected);
        assert_eq!(named(&air, KeyMgmt::Open), []);
        air.push(bss(HIDDEN, "Cafe-OWE", OPEN, "Cafe"));
        assert_eq!(named(&air, KeyMgmt::Owe), []);
        let mut name = ssid("Cafe-OWE");
        rename(&pairs(&air), HIDDEN, &mut name);
        assert_eq!(name, ssid("Cafe"));
        rename(&pairs(&air), OPEN, &mut name);
        assert_eq!(name, ssid("Cafe"));
    }

    #[test]
    fn missing_half_is_listened_for_where_the_open_one_is() {
        let mut air = vec![bss(OPEN, "Cafe", HIDDEN, "Cafe-OWE")];
        let heard = |air: &[Bss], key_mgmt| {
            let strays = strays(air, &pairs(air));
            to_hear(&strays, &[network(key_mgmt)])
        };
        assert_eq!(heard(&air, KeyMgmt::Owe), [(HIDDEN, 2437)]);
        assert_eq!(heard(&air, KeyMgmt::Open), []);
        air.push(bss(HIDDEN, "", OPEN, "Cafe"));
        assert_eq!(heard(&air, KeyMgmt::Owe), []);
    }

    #[test]
    fn named_half_without_its_open_one_is_a_stray() {
        let strays_of = |air: &[Bss]| -> Vec<_> {
            let strays = strays(air, &pairs(air));
            strays.into_iter().map(|it| (it.bssid, it.named)).collect()
        };
        let named = bss(HIDDEN, "Cafe-OWE", OPEN, "Cafe");
        assert_eq!(
            strays_of(std::slice::from_ref(&named)),
            [(HIDDEN, ssid("Cafe"))]
        );
        let open = bss(OPEN, "Cafe", HIDDEN, "Cafe-OWE");
        let of_pair = [open.clone(), bss(HIDDEN, "", OPEN, "Cafe"), named];
        assert_eq!(strays_of(&of_pair), [(OPEN, ssid("Cafe-OWE"))]);
        let alone = [bss(HIDDEN, "", OPEN, "Cafe")];
        assert_eq!(strays_of(&alone), []);
    }

    #[test]
    fn halves_that_do_not_name_each_other_are_no_pair() {
        let open = bss(OPEN, "Cafe", HIDDEN, "Cafe-OWE");
        for hidden in [
            bss(HIDDEN, "", OPEN, "Other"),
            bss(HIDDEN, "", HIDDEN, "Cafe"),
            bss(OPEN, "", OPEN, "Cafe"),
            bss(HIDDEN, "Cafe-OWE", OPEN, "Cafe"),
        ] {
            assert_eq!(pairs(&[open.clone(), hidden]), []);
        }
        let nameless = bss(OPEN, "Cafe", HIDDEN, "");
        assert_eq!(pairs(&[nameless, bss(HIDDEN, "", OPEN, "Cafe")]), []);
    }
}
