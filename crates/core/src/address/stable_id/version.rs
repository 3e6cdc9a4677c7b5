//! Versions of `NetworkManager` and the patterns that they support.

use std::fmt;
use std::str::FromStr;

use super::parse::NETWORK_SSID;

/// A version of `NetworkManager`: major and minor, which decide how it parses a stable-id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NmVersion {
    /// Such as 1.
    pub major: u32,
    /// Such as 42.
    pub minor: u32,
}

impl NmVersion {
    /// The first version with patterns, and with the default `preserve`.
    pub const PATTERNS: Self = Self::one(6);
    const DEVICE: Self = Self::one(12);
    const MAC: Self = Self::one(16);
    const DEFAULT_WORD: Self = Self::one(44);
    /// The first version with `${NETWORK_SSID}` and `stable-ssid`.
    pub const NETWORK_SSID: Self = Self::one(46);

    const fn one(minor: u32) -> Self {
        Self { major: 1, minor }
    }

    /// Whether the version expands a pattern; otherwise the pattern stands for itself.
    pub(super) fn knows(self, pattern: &str) -> bool {
        self >= match pattern {
            "${DEVICE}" => Self::DEVICE,
            "${MAC}" => Self::MAC,
            NETWORK_SSID => Self::NETWORK_SSID,
            _ => Self::PATTERNS,
        }
    }

    /// Whether `default${CONNECTION}` equals an unset id.
    pub(super) fn knows_default_word(self) -> bool {
        self >= Self::DEFAULT_WORD
    }
}

/// The text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid NetworkManager version `{0}`: expected for example 1.42")]
pub struct ParseVersionError(String);

impl FromStr for NmVersion {
    type Err = ParseVersionError;

    /// Parses the first two numbers and ignores the rest, as in `1.42.4-1`.
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
    fn version_prints_major_and_minor() {
        let version: NmVersion = "1.42.4-1".parse().unwrap();
        assert_eq!(version.to_string(), "1.42");
    }
}
