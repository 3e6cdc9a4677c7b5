//! Authentication and key management.

use std::fmt;

use super::words::{Words, word_for};

/// Authentication and key management of an association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyMgmt {
    /// No key.
    Open,
    /// OWE: encrypted, but not authenticated.
    Owe,
    /// WEP.
    Wep,
    /// WPA or WPA2 with a passphrase.
    Psk,
    /// SAE (WPA3) with a passphrase.
    Sae,
    /// 802.1X.
    Eap,
}

impl KeyMgmt {
    /// Names in the configuration and the protocol.
    pub const WORDS: Words<Self> = &[
        ("open", Self::Open),
        ("owe", Self::Owe),
        ("wep", Self::Wep),
        ("psk", Self::Psk),
        ("sae", Self::Sae),
        ("eap", Self::Eap),
    ];

    /// Name of the class in the hash. WPA2 and WPA3 with a passphrase share one, so that an upgraded
    /// access point keeps the addresses of its stations.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Owe => "owe",
            Self::Wep => "wep",
            Self::Psk | Self::Sae => "passphrase",
            Self::Eap => "eap",
        }
    }
}

impl fmt::Display for KeyMgmt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word_for(self, Self::WORDS).unwrap_or_default())
    }
}
