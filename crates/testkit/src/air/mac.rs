use std::fmt;
use std::str::FromStr;

/// A hardware address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    pub const BROADCAST: Self = Self([0xff; 6]);

    /// How the addresses of the lab's strangers begin: a station's mask does once in a billion times.
    const STRANGERS: [u8; 4] = *b"\x06lab";

    pub fn of_stranger(number: u16) -> Self {
        let [a, b, c, d] = Self::STRANGERS;
        let [high, low] = number.to_be_bytes();
        Self([a, b, c, d, high, low])
    }

    pub fn is_of_stranger(self) -> bool {
        self.0.starts_with(&Self::STRANGERS)
    }

    pub fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }

    pub fn is_local(self) -> bool {
        self.0[0] & 2 != 0
    }

    pub fn is_zero(self) -> bool {
        self.0 == [0; 6]
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.map(|byte| format!("{byte:02x}"));
        f.write_str(&parts.join(":"))
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Mac {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes: Result<Vec<u8>, _> = text
            .split(':')
            .map(|part| u8::from_str_radix(part, 16))
            .collect();
        let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not a hardware address"))
    }
}
