//! Facts about a network, and the match of a rule.

use std::time::SystemTime;

use crate::types::{KeyMgmt, Mac, Ssid};

/// Known facts about a network at the time of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NetworkFacts<'a> {
    /// SSID; `None` for Ethernet.
    pub ssid: Option<&'a Ssid>,
    /// BSSID, if known.
    pub bssid: Option<Mac>,
    /// Key management, if known.
    pub security: Option<KeyMgmt>,
    /// `wpa_supplicant`'s `id_str`, if known; empty if the network has none.
    pub id_str: Option<&'a str>,
    /// Wall-clock time of the association: required by ids that depend on the time.
    pub time: Option<SystemTime>,
    /// Number of renewals of its stable address ([`History`](super::History)).
    pub generation: u64,
}

impl<'a> NetworkFacts<'a> {
    /// A network with this SSID.
    #[must_use]
    pub fn new(ssid: &'a Ssid) -> Self {
        Self {
            ssid: Some(ssid),
            ..Self::default()
        }
    }

    /// Sets the BSSID.
    #[must_use]
    pub const fn with_bssid(self, bssid: Mac) -> Self {
        Self {
            bssid: Some(bssid),
            ..self
        }
    }

    /// Sets the key management.
    #[must_use]
    pub const fn with_security(self, security: KeyMgmt) -> Self {
        Self {
            security: Some(security),
            ..self
        }
    }

    /// Sets the `id_str`.
    #[must_use]
    pub const fn with_id_str(self, id_str: &'a str) -> Self {
        Self {
            id_str: Some(id_str),
            ..self
        }
    }

    /// Sets the time.
    #[must_use]
    pub const fn at(self, time: SystemTime) -> Self {
        Self {
            time: Some(time),
            ..self
        }
    }

    /// Sets the number of renewals.
    #[must_use]
    pub const fn in_generation(self, generation: u64) -> Self {
        Self { generation, ..self }
    }
}

/// The match of a `[[network]]` section: every criterion that is set must apply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkMatch {
    /// Any of these SSIDs.
    pub ssids: Vec<Ssid>,
    /// Any of these BSSIDs.
    pub bssids: Vec<Mac>,
    /// Any of these key managements.
    pub securities: Vec<KeyMgmt>,
    /// Any of these `id_str`s.
    pub id_strs: Vec<String>,
    /// Limited to some interfaces, and the current interface is unknown.
    pub some_interfaces: bool,
}

/// Whether a rule applies to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// It applies.
    Yes,
    /// It does not apply.
    No,
    /// It depends on this unknown fact.
    Unknown(&'static str),
}

impl NetworkMatch {
    /// Whether the rule applies to the network. No criterion applies to Ethernet.
    #[must_use]
    pub fn matches(&self, network: &NetworkFacts) -> Matched {
        if network.ssid.is_none() && !self.is_empty() {
            return Matched::No;
        }
        let id_str = network.id_str.map(str::to_owned);
        [
            matches_any("the SSID", &self.ssids, network.ssid),
            matches_any("the BSSID", &self.bssids, network.bssid.as_ref()),
            matches_any("the security", &self.securities, network.security.as_ref()),
            matches_any("the id_str", &self.id_strs, id_str.as_ref()),
            if self.some_interfaces {
                Matched::Unknown("the interface")
            } else {
                Matched::Yes
            },
        ]
        .into_iter()
        .fold(Matched::Yes, Matched::and)
    }

    /// Whether every network that `other` applies to also has this match.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        fn is_wider<T: PartialEq>(mine: &[T], others: &[T]) -> bool {
            mine.is_empty() || (!others.is_empty() && others.iter().all(|it| mine.contains(it)))
        }
        is_wider(&self.ssids, &other.ssids)
            && is_wider(&self.bssids, &other.bssids)
            && is_wider(&self.securities, &other.securities)
            && is_wider(&self.id_strs, &other.id_strs)
            && !self.some_interfaces
    }

    /// Whether no criterion is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn matches_any<T: PartialEq>(name: &'static str, wanted: &[T], fact: Option<&T>) -> Matched {
    match fact {
        _ if wanted.is_empty() => Matched::Yes,
        None => Matched::Unknown(name),
        Some(fact) if wanted.contains(fact) => Matched::Yes,
        Some(_) => Matched::No,
    }
}

impl Matched {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown(fact), _) | (_, Self::Unknown(fact)) => Self::Unknown(fact),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}
