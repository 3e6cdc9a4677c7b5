//! The name of a network.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

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

    /// Takes hexadecimal digits of either case, two for each byte; `None` if they are not, or more than 32 bytes.
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
        Self::new(&bytes)
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

    /// Lower-case hexadecimal digits, two for each byte.
    #[must_use]
    pub fn to_hex(&self) -> String {
        HEXLOWER.encode(&self.0)
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

/// Bytes from hexadecimal digits of either case, two for each byte; `None` if the text is anything else.
#[must_use]
pub fn parse_hex(text: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
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
    fn ssid_in_hexadecimal_has_two_digits_a_byte() {
        let name = ssid(&[0, 0x0f, 0xa5, 0xff]);
        assert_eq!(name.to_hex(), "000fa5ff");
        for digits in ["000fa5ff", "000FA5ff"] {
            assert_eq!(Ssid::from_hex(digits), Some(name.clone()));
        }
        for wrong in ["0", "0g", "00 0f", &"00".repeat(33)] {
            assert_eq!(Ssid::from_hex(wrong), None);
        }
    }
}
