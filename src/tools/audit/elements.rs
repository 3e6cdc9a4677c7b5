//! Information elements of management frames (IEEE 802.11-2020, 9.4.2).

/// An information element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Element ID.
    pub id: u8,
    /// Content without ID and length.
    pub body: &'a [u8],
}

impl<'a> Element<'a> {
    /// SSID.
    pub const SSID: u8 = 0;
    /// Supported Rates.
    pub const RATES: u8 = 1;
    /// DSSS Parameter Set: the channel of the transmission.
    pub const CHANNEL: u8 = 3;
    /// Extended Supported Rates.
    pub const MORE_RATES: u8 = 50;
    /// RSN.
    pub const RSN: u8 = 48;
    /// Vendor Specific.
    pub const VENDOR: u8 = 221;

    /// Whether every probe request has this element.
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

    /// Whether this is an element of P2P (Wi-Fi Direct).
    #[must_use]
    pub fn is_p2p(&self) -> bool {
        self.p2p().is_some()
    }

    /// The attributes of an element of P2P.
    #[must_use]
    pub fn p2p(&self) -> Option<&'a [u8]> {
        self.vendors(*b"\x50\x6f\x9a\x09")
    }

    fn vendors(&self, kind: [u8; 4]) -> Option<&'a [u8]> {
        let (first, rest) = self.body.split_first_chunk()?;
        (self.id == Self::VENDOR && *first == kind).then_some(rest)
    }
}

/// Iterates over elements; ends at the first incomplete one.
#[derive(Debug)]
pub struct Elements<'a>(pub &'a [u8]);

impl<'a> Elements<'a> {
    /// The SSID, if it comes first as it should, and the bytes behind it.
    pub(super) fn split_name(mut self) -> (Option<&'a [u8]>, &'a [u8]) {
        let all = self.0;
        match self.next() {
            Some(first) if first.id == Element::SSID => (Some(first.body), self.0),
            _ => (None, all),
        }
    }
}

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

/// UUID-E among WPS attributes. It never changes and is often derived from the permanent address.
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
