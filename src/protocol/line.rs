//! Lines of a stream that an untrusted client writes, in a buffer of fixed size.

use super::MAX_REQUEST;

/// The bytes of a stream that are not yet taken as lines.
#[derive(Debug)]
pub(crate) struct Lines {
    bytes: Vec<u8>,
    filled: usize,
}

/// A line does not fit into the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Lines {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; MAX_REQUEST],
            filled: 0,
        }
    }

    /// The free part of the buffer; empty only if a line is complete or too long.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Adds the first bytes of the free part to the stream.
    pub(crate) fn add(&mut self, count: usize) {
        self.filled = self.filled.saturating_add(count).min(self.bytes.len());
    }

    /// The next complete line, without its newline.
    pub(crate) fn take(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
        let filled = self.bytes.get(..self.filled).unwrap_or_default();
        match filled.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                let line = filled.get(..end).unwrap_or_default().to_vec();
                self.bytes.copy_within(end + 1..self.filled, 0);
                self.filled -= end + 1;
                Ok(Some(line))
            }
            None if self.filled == self.bytes.len() => Err(TooLong),
            None => Ok(None),
        }
    }

    /// The last line of a stream that ends without a newline.
    pub(crate) fn take_rest(&mut self) -> Option<Vec<u8>> {
        let filled = std::mem::take(&mut self.filled);
        let rest = self.bytes.get(..filled).unwrap_or_default();
        (!rest.is_empty()).then(|| rest.to_vec())
    }
}
