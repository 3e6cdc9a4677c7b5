//! SSIDs.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};

/// An SSID: up to 32 arbitrary bytes (IEEE 802.11-2020, 9.4.2.2).
///
/// `Display` escapes everything except printable ASCII, because any access point can choose the bytes.
/// Serialized as `ssid`, the displayed name, and `ssid_hex`, which alone is read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "SerializedSsid", try_from = "SerializedSsid")]
pub struct Ssid(Vec<u8>);

/// Maximum length of an SSID, in bytes.
pub const MAX_SSID_BYTES: usize = 32;

impl Ssid {
    /// From the bytes on the air; `None` if there are more than [`MAX_SSID_BYTES`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= MAX_SSID_BYTES).then(|| Self(bytes.to_vec()))
    }

    /// Takes hexadecimal digits of either case, two for each byte; `None` if they are not, or more than 32 bytes.
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?;
        Self::new(&bytes)
    }

    /// The empty SSID: in a probe request it requests every network.
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

    /// The SSID as text, if it is UTF-8 without invisible characters or terminal control characters.
    #[must_use]
    pub fn to_text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.0).ok()?;
        text.chars().all(is_visible).then_some(text)
    }

    /// Whether this is the SSID in the beacon of a hidden network: empty or only NUL bytes.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.0.iter().all(|&byte| byte == 0)
    }
}

#[derive(Serialize, Deserialize)]
struct SerializedSsid {
    #[serde(default)]
    ssid: String,
    ssid_hex: String,
}

impl From<Ssid> for SerializedSsid {
    fn from(ssid: Ssid) -> Self {
        Self {
            ssid: ssid.to_string(),
            ssid_hex: ssid.to_hex(),
        }
    }
}

impl TryFrom<SerializedSsid> for Ssid {
    type Error = &'static str;

    fn try_from(serialized: SerializedSsid) -> Result<Self, Self::Error> {
        Self::from_hex(&serialized.ssid_hex)
            .ok_or("`ssid_hex` is not an SSID in hexadecimal digits")
    }
}

/// Characters that Rust escapes are not visible, except quotes and the backslash.
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
    fn display_escapes_terminal_control_characters() {
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
    fn ssid_with_invisible_characters_has_no_text() {
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
