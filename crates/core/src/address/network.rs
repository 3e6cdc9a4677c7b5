//! What is known of a network when its address is asked for, and rules that match it.

use std::time::SystemTime;

use crate::types::Ssid;
use crate::types::{KeyMgmt, Mac};

/// What is known of a network, and when its address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NetworkFacts<'a> {
    /// Its name; `None` on a wire.
    pub ssid: Option<&'a Ssid>,
    /// The BSS, if it is known already.
    pub bssid: Option<Mac>,
    /// How it is joined, if that is known.
    pub security: Option<KeyMgmt>,
    /// `wpa_supplicant`'s `id_str`, if that is known: empty if the network has none.
    pub id_str: Option<&'a str>,
    /// The wall clock as the association begins: needed for ids that change with time.
    pub time: Option<SystemTime>,
    /// How often its stable address has been renewed ([`History`](super::History)).
    pub generation: u64,
}

impl<'a> NetworkFacts<'a> {
    /// The network of this name.
    #[must_use]
    pub fn new(ssid: &'a Ssid) -> Self {
        Self {
            ssid: Some(ssid),
            ..Self::default()
        }
    }

    /// At this BSS.
    #[must_use]
    pub const fn with_bssid(self, bssid: Mac) -> Self {
        Self {
            bssid: Some(bssid),
            ..self
        }
    }

    /// Joined in this way.
    #[must_use]
    pub const fn with_security(self, security: KeyMgmt) -> Self {
        Self {
            security: Some(security),
            ..self
        }
    }

    /// With this `id_str`.
    #[must_use]
    pub const fn with_id_str(self, id_str: &'a str) -> Self {
        Self {
            id_str: Some(id_str),
            ..self
        }
    }

    /// At this time.
    #[must_use]
    pub const fn at(self, time: SystemTime) -> Self {
        Self {
            time: Some(time),
            ..self
        }
    }

    /// Renewed this often.
    #[must_use]
    pub const fn in_generation(self, generation: u64) -> Self {
        Self { generation, ..self }
    }
}

/// The networks that a `[[network]]` of the configuration is about: all that is given must agree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkMatch {
    /// One of these names.
    pub ssids: Vec<Ssid>,
    /// One of these BSSs.
    pub bssids: Vec<Mac>,
    /// Joined in one of these ways.
    pub securities: Vec<KeyMgmt>,
    /// One of these `id_str`s.
    pub id_strs: Vec<String>,
    /// On some interfaces only, and it is not known whether this is one.
    pub some_interfaces: bool,
}

/// Whether a rule is about a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It hangs on this, which is not known.
    Unknown(&'static str),
}

impl NetworkMatch {
    /// Whether this is about the network. A wire has nothing of what can be given.
    #[must_use]
    pub fn matches(&self, network: &NetworkFacts) -> Matched {
        if network.ssid.is_none() && !self.is_empty() {
            return Matched::No;
        }
        let id_str = network.id_str.map(str::to_owned);
        [
            among("the SSID", &self.ssids, network.ssid),
            among("the BSSID", &self.bssids, network.bssid.as_ref()),
            among("the security", &self.securities, network.security.as_ref()),
            among("the id_str", &self.id_strs, id_str.as_ref()),
            if self.some_interfaces {
                Matched::Unknown("the interface")
            } else {
                Matched::Yes
            },
        ]
        .into_iter()
        .fold(Matched::Yes, Matched::and)
    }

    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn among<T: PartialEq>(what: &'static str, wanted: &[T], fact: Option<&T>) -> Matched {
    match fact {
        _ if wanted.is_empty() => Matched::Yes,
        None => Matched::Unknown(what),
        Some(fact) if wanted.contains(fact) => Matched::Yes,
        Some(_) => Matched::No,
    }
}

impl Matched {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown(what), _) | (_, Self::Unknown(what)) => Self::Unknown(what),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}
