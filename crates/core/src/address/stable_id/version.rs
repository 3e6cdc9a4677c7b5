//! Which patterns which `NetworkManager` knew.

use std::fmt;
use std::str::FromStr;

use super::parse::NETWORK_SSID;

/// A version of `NetworkManager`, as far as its stable-ids hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NmVersion {
    /// As in 1.
    pub major: u32,
    /// As in 42.
    pub minor: u32,
}

impl NmVersion {
    /// The first with patterns at all, and with `preserve` where nothing is said.
    pub const PATTERNS: Self = Self::one(6);
    const DEVICE: Self = Self::one(12);
    const MAC: Self = Self::one(16);
    const DEFAULT_WORD: Self = Self::one(44);
    /// The first with `${NETWORK_SSID}` and `stable-ssid`.
    pub const NETWORK_SSID: Self = Self::one(46);

    const fn one(minor: u32) -> Self {
        Self { major: 1, minor }
    }

    /// Whether a pattern meant something to it, or stood for itself.
    pub(super) fn knows(self, pattern: &str) -> bool {
        self >= match pattern {
            "${DEVICE}" => Self::DEVICE,
            "${MAC}" => Self::MAC,
            NETWORK_SSID => Self::NETWORK_SSID,
            _ => Self::PATTERNS,
        }
    }

    /// Whether `default${CONNECTION}` stood for no id at all.
    pub(super) fn knows_default_word(self) -> bool {
        self >= Self::DEFAULT_WORD
    }
}

/// The text is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of NetworkManager: one such as 1.42 is meant")]
pub struct ParseVersionError(String);

impl FromStr for NmVersion {
    type Err = ParseVersionError;

    /// Reads two numbers; what follows them does not matter, as in `1.42.4-1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let mut numbers = text.trim_ascii().splitn(3, '.');
            Some(Self {
                major: numbers.next()?.parse().ok()?,
                minor: numbers.next()?.parse().ok()?,
            })
        };
        read().ok_or_else(|| ParseVersionError(text.to_owned()))
    }
}

impl fmt::Display for NmVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_printed_without_what_does_not_matter() {
        let version: NmVersion = "1.42.4-1".parse().unwrap();
        assert_eq!(version.to_string(), "1.42");
    }
}
