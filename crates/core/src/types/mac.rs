//! A 48-bit IEEE 802 address.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A 48-bit IEEE 802 address, six bytes in transmission order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 6]);

/// The order of the bytes. Compared as one number, because maps of addresses compare often.
impl Ord for Mac {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl PartialOrd for Mac {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The I/G bit: a group (multicast) address.
const GROUP_BIT: u8 = 0x01;
/// The U/L bit: locally administered.
const LOCAL_BIT: u8 = 0x02;

impl Mac {
    fn number(self) -> u64 {
        let [a, b, rest @ ..] = self.0;
        u64::from(u16::from_be_bytes([a, b])) << 32 | u64::from(u32::from_be_bytes(rest))
    }

    /// The address as bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }

    /// Whether this is a group address, which a station cannot use.
    #[must_use]
    pub const fn is_multicast(self) -> bool {
        let [first, ..] = self.0;
        first & GROUP_BIT != 0
    }

    /// Whether the U/L bit is set: locally administered.
    #[must_use]
    pub const fn is_local(self) -> bool {
        let [first, ..] = self.0;
        first & LOCAL_BIT != 0
    }

    /// Whether all six bytes are zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == [0; 6]
    }

    /// Whether a station can use it: neither a group address nor zero.
    #[must_use]
    pub fn is_usable(self) -> bool {
        !self.is_multicast() && !self.is_zero()
    }

    /// The same address with the I/G bit cleared.
    #[must_use]
    pub const fn into_unicast(self) -> Self {
        let mut bytes = self.0;
        bytes[0] &= !GROUP_BIT;
        Self(bytes)
    }

    /// The same address with the U/L bit set and the I/G bit cleared.
    #[must_use]
    pub const fn into_local_unicast(self) -> Self {
        let mut bytes = self.0;
        bytes[0] |= LOCAL_BIT;
        Self(bytes).into_unicast()
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02x}")?;
        rest.iter().try_for_each(|byte| write!(f, ":{byte:02x}"))
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a MAC address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid MAC address `{text}`: expected six hexadecimal bytes separated by `:` or `-`")]
pub struct ParseMacError {
    text: String,
}

super::serde_as_text!(Mac);

impl FromStr for Mac {
    type Err = ParseMacError;

    /// Accepts one or two hexadecimal digits per byte and one kind of separator, as `NetworkManager` does.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseMacError {
            text: text.to_owned(),
        })
    }
}

fn parse(text: &str) -> Option<Mac> {
    let separator = text.chars().find(|c| matches!(c, ':' | '-'))?;
    let mut words = text.split(separator);
    let mut bytes = [0; 6];
    for byte in &mut bytes {
        *byte = parse_byte(words.next()?)?;
    }
    words.next().is_none().then_some(Mac(bytes))
}

fn parse_byte(word: &str) -> Option<u8> {
    let hexadecimal = word.bytes().all(|digit| digit.is_ascii_hexdigit());
    (hexadecimal && matches!(word.len(), 1 | 2))
        .then(|| u8::from_str_radix(word, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mac_with_short_bytes_or_dashes_parses() {
        let expected = Mac([1, 0x23, 0x45, 0x67, 0x89, 0xab]);
        for text in ["01:23:45:67:89:ab", "1:23:45:67:89:AB", "01-23-45-67-89-ab"] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn malformed_mac_is_rejected() {
        for text in [
            "",
            "01",
            "01:23:45:67:89",
            "01:23:45:67:89:ab:cd",
            "01:23-45:67:89:ab",
            "001:2:3:4:5:6",
            "+1:2:3:4:5:6",
            " 1:2:3:4:5:6",
            "1:2:3:4:5:6 ",
        ] {
            assert!(text.parse::<Mac>().is_err(), "{text}");
        }
    }

    #[test]
    fn mac_order_depends_on_every_byte() {
        let ascending: Vec<_> = (0..6)
            .rev()
            .map(|byte| {
                let mut address = Mac([0; 6]);
                address.0[byte] = 1;
                address
            })
            .collect();
        assert!(ascending.is_sorted_by(|a, b| a < b && a != b));
    }

    #[test]
    fn mac_prints_in_lower_case_with_colons() {
        assert_eq!(
            Mac([0, 0xab, 3, 0xff, 0x10, 9]).to_string(),
            "00:ab:03:ff:10:09"
        );
    }

    #[test]
    fn local_and_group_bits_are_read_from_the_first_byte() {
        let first = |first| Mac([first, 0, 0, 0, 0, 1]);
        assert_eq!(
            [0, 1, 2, 3].map(|byte| first(byte).is_local()),
            [false, false, true, true]
        );
        assert_eq!(
            [0, 1, 2, 3].map(|byte| first(byte).is_multicast()),
            [false, true, false, true]
        );
        assert_eq!(format!("{:?}", first(0xfe)), "fe:00:00:00:00:01");
    }
}
