//! Maps file names to networks (`storage_get_network_file_path`, `storage_network_ssid_from_path`,
//! `storage.c`, 3.10).

use macveil_core::types::Ssid;

/// The prefix of a file name with the SSID in hexadecimal.
const HEXADECIMAL: char = '=';

/// The security type by which iwd distinguishes known networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Security {
    /// Without a key, including OWE.
    Open,
    /// With a passphrase, WPA2 or WPA3.
    Psk,
    /// 802.1X.
    Enterprise,
}

impl Security {
    const ALL: [Self; 3] = [Self::Open, Self::Psk, Self::Enterprise];

    /// iwd's name of the type: the file name's suffix, and `Type` on D-Bus.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Psk => "psk",
            Self::Enterprise => "8021x",
        }
    }

    /// Parses iwd's name of the type; `None` for types without known networks, such as `wep`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|security| security.word() == word)
    }
}

/// The identity of a known network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownNetworkId {
    /// SSID.
    pub ssid: Ssid,
    /// Security type.
    pub security: Security,
}

impl KnownNetworkId {
    /// The network's file name.
    #[must_use]
    pub fn file_name(&self) -> String {
        let kind = self.security.word();
        match std::str::from_utf8(self.ssid.as_bytes()) {
            Ok(name) if name.bytes().all(is_plain) => format!("{name}.{kind}"),
            _ => format!("{HEXADECIMAL}{}.{kind}", self.ssid.to_hex()),
        }
    }

    /// The network with this file name; `None` for other files, and for names that iwd would not use.
    #[must_use]
    pub fn from_file_name(file: &str) -> Option<Self> {
        let (name, kind) = file.split_once('.')?;
        let ssid = match name.strip_prefix(HEXADECIMAL) {
            Some(digits) => Ssid::from_hex(digits)?,
            None => Ssid::new(name.as_bytes())?,
        };
        // iwd handles SSIDs as NUL-terminated text.
        let text = std::str::from_utf8(ssid.as_bytes()).ok()?;
        let id = Self {
            security: Security::from_word(kind)?,
            ssid: Some(&ssid)
                .filter(|_| !text.is_empty() && !text.contains('\0'))?
                .clone(),
        };
        (id.file_name() == file).then_some(id)
    }
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssid_is_written_as_text_only_if_all_bytes_are_plain() {
        for (ssid, file) in [
            (&b"Home"[..], "Home.psk"),
            (b"a b_c-9", "a b_c-9.psk"),
            (b"a.b", "=612e62.psk"),
            (b"=a", "=3d61.psk"),
            (b"../x", "=2e2e2f78.psk"),
            ("Café".as_bytes(), "=436166c3a9.psk"),
        ] {
            let id = KnownNetworkId {
                ssid: Ssid::new(ssid).unwrap(),
                security: Security::Psk,
            };
            assert_eq!(id.file_name(), file);
            assert_eq!(KnownNetworkId::from_file_name(file), Some(id));
        }
    }

    #[test]
    fn suffix_is_the_security_type() {
        for (file, security) in [
            ("a.open", Some(Security::Open)),
            ("a.psk", Some(Security::Psk)),
            ("a.8021x", Some(Security::Enterprise)),
            ("a.wep", None),
            ("a.psk.Xy12aB.tmp", None),
            ("a", None),
            (".known_network.freq", None),
        ] {
            let id = KnownNetworkId::from_file_name(file);
            assert_eq!(id.map(|id| id.security), security, "{file}");
        }
    }

    #[test]
    fn name_that_iwd_would_not_use_is_rejected() {
        let long = format!("{}.psk", "a".repeat(33));
        for file in [
            ".psk",
            "=.psk",
            // Plain SSIDs are not in hexadecimal, and digits are lower-case.
            "=61.psk",
            "=C3A9.psk",
            "a=b.psk",
            "=6.psk",
            "=zz.psk",
            // Not text, or with a NUL.
            "=ff.psk",
            "=6100.psk",
            &long,
        ] {
            assert_eq!(KnownNetworkId::from_file_name(file), None, "{file}");
        }
    }
}
