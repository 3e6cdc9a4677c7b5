//! The information elements of management frames (IEEE 802.11-2020, 9.4.2).

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// What it is.
    pub id: u8,
    /// What it says.
    pub body: &'a [u8],
}

impl<'a> Element<'a> {
    /// A network's name.
    pub const SSID: u8 = 0;
    /// Supported rates.
    pub const RATES: u8 = 1;
    /// The channel that it was sent on (DSSS parameter set).
    pub const CHANNEL: u8 = 3;
    /// More supported rates.
    pub const MORE_RATES: u8 = 50;
    /// A vendor's own.
    pub const VENDOR: u8 = 221;

    /// Whether a probe request needs it.
    #[must_use]
    pub const fn is_minimal(&self) -> bool {
        matches!(
            self.id,
            Self::SSID | Self::RATES | Self::CHANNEL | Self::MORE_RATES
        )
    }

    /// The attributes of a WPS element.
    #[must_use]
    pub fn wps(&self) -> Option<&'a [u8]> {
        self.vendors(*b"\x00\x50\xf2\x04")
    }

    /// Whether it is of P2P, also called Wi-Fi Direct.
    #[must_use]
    pub fn is_p2p(&self) -> bool {
        self.vendors(*b"\x50\x6f\x9a\x09").is_some()
    }

    fn vendors(&self, kind: [u8; 4]) -> Option<&'a [u8]> {
        let body = (self.id == Self::VENDOR).then_some(self.body)?;
        body.strip_prefix(&kind)
    }
}

/// Walks over elements; ends at the first that is cut off.
#[derive(Debug)]
pub struct Elements<'a>(pub &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let [id, length, rest @ ..] = self.0 else {
            return None;
        };
        let (body, rest) = rest.split_at_checked(usize::from(*length))?;
        self.0 = rest;
        Some(Element { id: *id, body })
    }
}

/// The UUID-E among the attributes of WPS: a number that is the same for ever, and often made from
/// the permanent address.
#[must_use]
pub fn uuid(mut attributes: &[u8]) -> Option<[u8; 16]> {
    const UUID_E: [u8; 2] = [0x10, 0x47];
    while let [a, b, high, low, rest @ ..] = attributes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (value, rest) = rest.split_at_checked(length)?;
        if [*a, *b] == UUID_E {
            return value.try_into().ok();
        }
        attributes = rest;
    }
    None
}
