//! SSIDs.

use std::fmt::{self, Write as _};

use base16ct::{lower, mixed};
use serde::{Deserialize, Serialize};

/// An SSID: up to 32 arbitrary bytes (IEEE 802.11-2020, 9.4.2.2).
///
/// `Display` escapes bytes that are not UTF-8, and control, bidirectional, invisible and unassigned characters,
/// because any access point can choose the bytes.
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
        let bytes = mixed::decode_vec(digits.as_bytes()).ok()?;
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
        lower::encode_string(&self.0)
    }

    /// The SSID as text, if it is UTF-8 without invisible characters or terminal control characters.
    #[must_use]
    pub fn to_text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.0).ok()?;
        let mut characters = text.chars().enumerate();
        let all_visible = characters.all(|(index, character)| is_visible(index > 0, character));
        all_visible.then_some(text)
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

/// Whether people see the character. `previous`: whether they see one before it, on which a combining mark can stand.
fn is_visible(previous: bool, character: char) -> bool {
    if matches!(character, '"' | '\'' | '\\') {
        return true;
    }
    // In a string, `escape_debug` escapes a combining mark only at the beginning.
    let text = format!("{}{character}", if previous { "a" } else { "" });
    text.escape_debug().eq(text.chars()) && !is_ignorable(character)
}

/// Letters and marks without a glyph, which `escape_debug` leaves (Unicode's `Default_Ignorable_Code_Point`).
const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

impl fmt::Display for Ssid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut previous = false;
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character == '\\' {
                    f.write_str("\\\\")?;
                } else if is_visible(previous, character) {
                    f.write_char(character)?;
                } else {
                    escape(character.encode_utf8(&mut [0; 4]).as_bytes(), f)?;
                    previous = false;
                    continue;
                }
                previous = true;
            }
            if !chunk.invalid().is_empty() {
                escape(chunk.invalid(), f)?;
                previous = false;
            }
        }
        Ok(())
    }
}

fn escape(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))
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
            ("Café Zürich 喫茶店".as_bytes(), "Café Zürich 喫茶店"),
            (b"Caf\xe9", r"Caf\xe9"),
            ("e\u{301}".as_bytes(), "e\u{301}"),
            ("\u{301}e".as_bytes(), r"\xcc\x81e"),
            (
                "a\u{202e}b\u{200b}".as_bytes(),
                r"a\xe2\x80\xaeb\xe2\x80\x8b",
            ),
            ("\u{3164}\u{378}".as_bytes(), r"\xe3\x85\xa4\xcd\xb8"),
            ("a\u{fe0f}\u{a0}".as_bytes(), r"a\xef\xb8\x8f\xc2\xa0"),
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
        for unseen in ["a\u{200b}b", "a\u{202e}b", "a\nb", "\u{7f}", "a\u{3164}"] {
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
