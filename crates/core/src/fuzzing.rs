//! What the fuzz targets of this crate share.

use std::borrow::Cow;

/// Reads bytes as a file would be read: invalid UTF-8 is replaced.
pub fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}
