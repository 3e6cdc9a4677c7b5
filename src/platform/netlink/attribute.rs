//! Netlink attributes (`struct nlattr`, `linux/netlink.h`): reading untrusted ones and writing aligned ones.

use std::iter;

use macveil_core::types::Mac;

/// `NLA_HDRLEN`.
const HEADER: usize = 4;
/// The type without `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER`.
const TYPE_MASK: u16 = 0x3fff;
const NESTED: u16 = 0x8000;

/// The attributes of a message or a nest. Reading stops at the first malformed attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes<'a>(&'a [u8]);

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) kind: u16,
    pub(super) value: &'a [u8],
}

impl<'a> Attributes<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Attribute<'a>> {
        let mut rest = self.0;
        iter::from_fn(move || {
            let attribute;
            (attribute, rest) = split_first(rest)?;
            Some(attribute)
        })
    }

    /// The value of the first attribute of this type.
    pub(super) fn get(self, kind: impl Into<u16>) -> Option<&'a [u8]> {
        let kind = kind.into();
        self.iter()
            .find(|attribute| attribute.kind == kind)
            .map(|attribute| attribute.value)
    }

    pub(super) fn has(self, kind: impl Into<u16>) -> bool {
        self.get(kind).is_some()
    }

    /// The attributes nested in the first attribute of this type; empty without one.
    pub(super) fn nested(self, kind: impl Into<u16>) -> Self {
        Self(self.get(kind).unwrap_or_default())
    }

    pub(super) fn u8(self, kind: impl Into<u16>) -> Option<u8> {
        self.get(kind)?.first().copied()
    }

    pub(super) fn u16(self, kind: impl Into<u16>) -> Option<u16> {
        number(self.get(kind)?).map(u16::from_ne_bytes)
    }

    pub(super) fn u32(self, kind: impl Into<u16>) -> Option<u32> {
        number(self.get(kind)?).map(u32::from_ne_bytes)
    }

    pub(super) fn i32(self, kind: impl Into<u16>) -> Option<i32> {
        number(self.get(kind)?).map(i32::from_ne_bytes)
    }

    /// A value of exactly six bytes.
    pub(super) fn mac(self, kind: impl Into<u16>) -> Option<Mac> {
        self.get(kind)?.try_into().ok().map(Mac)
    }

    /// A text up to its NUL.
    pub(super) fn text(self, kind: impl Into<u16>) -> Option<String> {
        let value = self.get(kind)?;
        let end = value.iter().position(|&byte| byte == 0);
        let text = value.get(..end.unwrap_or(value.len()))?;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

fn split_first(bytes: &[u8]) -> Option<(Attribute<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (kind, _) = rest.split_first_chunk()?;
    let length = usize::from(u16::from_ne_bytes(*length));
    let attribute = Attribute {
        kind: u16::from_ne_bytes(*kind) & TYPE_MASK,
        value: bytes.get(HEADER..length)?,
    };
    Some((attribute, bytes.get(aligned(length)..).unwrap_or_default()))
}

/// Attributes to send.
#[derive(Debug, Clone, Default)]
pub(super) struct Outgoing(Vec<u8>);

impl Outgoing {
    /// Starts after a family's header.
    pub(super) fn after(header: &[u8]) -> Self {
        Self(header.to_vec())
    }

    pub(super) fn put(mut self, kind: impl Into<u16>, value: &[u8]) -> Self {
        // The kernel rejects values above 64 kB; all values here are far smaller.
        let length = u16::try_from(HEADER + value.len()).unwrap_or(u16::MAX);
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.into().to_ne_bytes());
        self.0.extend(value);
        self.0.resize(aligned(self.0.len()), 0);
        self
    }

    pub(super) fn put_u32(self, kind: impl Into<u16>, value: u32) -> Self {
        self.put(kind, &value.to_ne_bytes())
    }

    pub(super) fn put_text(self, kind: impl Into<u16>, text: &str) -> Self {
        let mut value = text.as_bytes().to_vec();
        value.push(0);
        self.put(kind, &value)
    }

    /// A nest of values numbered from 1, which is nl80211's form of a list.
    pub(super) fn put_list<'v>(
        self,
        kind: impl Into<u16>,
        values: impl Iterator<Item = &'v [u8]>,
    ) -> Self {
        let list = (1_u16..)
            .zip(values)
            .fold(Self::default(), |list, (index, value)| {
                list.put(index, value)
            });
        self.put(kind.into() | NESTED, &list.0)
    }

    pub(super) fn append(mut self, other: &Self) -> Self {
        self.0.extend(&other.0);
        self
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// The first `N` bytes; `None` if the slice is shorter.
pub(super) fn number<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// `NLA_ALIGN`, equal to `NLMSG_ALIGN`.
pub(super) const fn aligned(length: usize) -> usize {
    length.saturating_add(3) & !3
}
