//! The information elements of management frames.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    pub id: u8,
    pub body: &'a [u8],
}

impl Element<'_> {
    pub const SSID: u8 = 0;
    pub const CHANNEL_SWITCH: u8 = 37;
    pub const RSN: u8 = 48;
    pub const VENDOR: u8 = 221;

    pub fn is_wps(&self) -> bool {
        self.id == Self::VENDOR && self.body.starts_with(&[0x00, 0x50, 0xf2, 0x04])
    }

    pub fn is_p2p(&self) -> bool {
        self.id == Self::VENDOR && self.body.starts_with(&[0x50, 0x6f, 0x9a, 0x09])
    }
}

/// Walks over elements; ends at the first that is cut off.
pub struct Elements<'a>(pub &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let [id, length, rest @ ..] = self.0 else {
            return None;
        };
        let body = rest.get(..usize::from(*length))?;
        self.0 = &rest[body.len()..];
        Some(Element { id: *id, body })
    }
}
