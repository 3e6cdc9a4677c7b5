//! Shared by the fuzz targets of this crate.

use std::borrow::Cow;

/// Decodes bytes like the contents of a file: invalid UTF-8 is replaced.
#[must_use]
pub fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}
