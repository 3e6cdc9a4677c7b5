//! The field's words as types: what is heard on the air and what a supplicant knows of it.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

use std::fmt;

use crate::address::Mac;

/// A network's name: up to 32 arbitrary bytes (IEEE 802.11-2020, 9.4.2.2).
///
/// Displayed with everything but printable ASCII escaped, because strangers choose it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssid(Vec<u8>);

/// The longest SSID, in bytes.
pub const SSID_MAX: usize = 32;

impl Ssid {
    /// Takes an SSID as it is on the air; `None` if it is longer than 32 bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= SSID_MAX).then(|| Self(bytes.to_vec()))
    }

    /// The empty SSID: in a probe request it asks for every network.
    #[must_use]
    pub const fn wildcard() -> Self {
        Self(Vec::new())
    }

    /// The raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Two hexadecimal digits for each byte.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let digits = |byte: &u8| {
            let byte = *byte;
            [byte >> 4, byte & 0xf]
                .into_iter()
                .filter_map(|digit| char::from_digit(digit.into(), 16))
        };
        self.0.iter().flat_map(digits).collect()
    }

    /// The name as a person would write it, if all of it can be seen: UTF-8 without anything that is
    /// invisible or steers a terminal.
    #[must_use]
    pub fn to_text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.0).ok()?;
        text.chars().all(is_visible).then_some(text)
    }

    /// Whether this is what a hidden network's beacon shows: nothing, or only NUL bytes.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.0.iter().all(|&byte| byte == 0)
    }
}

/// What needs an escape in Rust needs one for people too, but for quotes.
fn is_visible(character: char) -> bool {
    matches!(character, '"' | '\'' | '\\') || character.escape_debug().eq([character])
}

impl fmt::Display for Ssid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in &self.0 {
            match byte {
                b'\\' => f.write_str("\\\\")?,
                0x20..=0x7e => fmt::Write::write_char(f, char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Ssid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// A channel's centre frequency in MHz.
pub type Frequency = u32;

/// One channel that the card may listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Centre frequency in MHz.
    pub frequency: Frequency,
    /// The regulatory domain forbids to transmit first here: scans only listen, about 110 ms.
    pub no_ir: bool,
}

/// A BSS as the kernel last heard it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its BSSID.
    pub bssid: Mac,
    /// Centre frequency in MHz.
    pub frequency: Frequency,
    /// Signal in dBm.
    pub signal: i32,
    /// The SSID that its last beacon or probe response carried.
    pub ssid: Ssid,
    /// How long ago, in milliseconds, counted at the time of reading (`NL80211_BSS_SEEN_MS_AGO`).
    pub ms_ago: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssid(bytes: &[u8]) -> Ssid {
        Ssid::new(bytes).unwrap()
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_shown_as_it_is() {
        for (bytes, shown) in [
            (&b"Home ~1"[..], "Home ~1"),
            (b"a\\b", r"a\\b"),
            (b"\x1b[2J\x7f\n", r"\x1b[2J\x7f\x0a"),
            ("Café".as_bytes(), r"Caf\xc3\xa9"),
        ] {
            assert_eq!(ssid(bytes).to_string(), shown);
            assert_eq!(format!("{:?}", ssid(bytes)), format!("\"{shown}\""));
        }
    }

    #[test]
    fn it_is_text_if_all_of_it_can_be_seen() {
        for text in ["", "Café", r#"it's "a\b""#] {
            assert_eq!(ssid(text.as_bytes()).to_text(), Some(text));
        }
        for unseen in ["a\u{200b}b", "a\u{202e}b", "a\nb", "\u{7f}"] {
            assert_eq!(ssid(unseen.as_bytes()).to_text(), None);
        }
        assert_eq!(ssid(b"Caf\xe9").to_text(), None);
    }

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(ssid(&[0, 0x0f, 0xa5, 0xff]).to_hex(), "000fa5ff");
    }
}
