//! The version of `NetworkManager`, with its patch level.

use std::fmt;
use std::str::FromStr;

use macveil_core::address::{NmVersion, ParseVersionError};

/// A version of `NetworkManager`; `[.config] enable` can depend on the patch level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstalledVersion {
    /// Such as 1.42.
    pub version: NmVersion,
    /// Such as 4, if known.
    pub patch: Option<u32>,
}

impl InstalledVersion {
    /// Every version that can be imported from.
    pub(super) const FIRST: NmVersion = minor(0);
    /// The first version in which a list of only `except:` matches everything else.
    pub(super) const EXCEPT_ONLY: NmVersion = minor(16);
    /// The first version with `[match]`.
    pub(super) const MATCH: NmVersion = minor(14);
    /// The first version with `driver`, `path` and `kernel-command-line` in `[match]`.
    pub(super) const MATCH_MORE: NmVersion = minor(26);
    /// The first version with `mac-address-denylist`.
    pub(super) const DENYLIST: NmVersion = minor(48);
}

const fn minor(minor: u32) -> NmVersion {
    NmVersion { major: 1, minor }
}

impl FromStr for InstalledVersion {
    type Err = ParseVersionError;

    /// Parses the first three numbers, as in `1.42.4-1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let version = text.parse()?;
        let third = text.trim_ascii().splitn(3, '.').nth(2).unwrap_or_default();
        let end = third
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(third.len());
        let digits = third.split_at_checked(end).map(|(digits, _)| digits);
        Ok(Self {
            version,
            patch: digits.and_then(|digits| digits.parse().ok()),
        })
    }
}

impl fmt::Display for InstalledVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patch {
            Some(patch) => write!(f, "{}.{patch}", self.version),
            None => self.version.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_with_its_patch_level() {
        for (text, shown) in [
            ("1.42", "1.42"),
            ("1.42.4", "1.42.4"),
            ("1.42.4-1+deb12u1", "1.42.4"),
            ("1.50.0-1.fc42", "1.50.0"),
            ("1.42.x", "1.42"),
        ] {
            let version: InstalledVersion = text.parse().unwrap();
            assert_eq!(version.to_string(), shown);
        }
        assert!("1".parse::<InstalledVersion>().is_err());
    }
}
