//! Little-endian numbers, as 802.11 and radiotap have them.

/// The two bytes at `at`; `None` if they are not there.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*number))
}

/// The four bytes at `at`; `None` if they are not there.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*number))
}
