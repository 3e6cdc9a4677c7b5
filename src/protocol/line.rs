//! Lines out of a stream that a stranger writes, within a fixed room.

use super::LONGEST_REQUEST;

/// Bytes of a stream that are not yet taken as lines.
#[derive(Debug)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    filled: usize,
}

/// A line does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; LONGEST_REQUEST],
            filled: 0,
        }
    }

    /// Where to put what is read next; empty only if a line is waiting or too long.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// So many bytes were put there.
    pub(super) fn add(&mut self, count: usize) {
        self.filled = self.filled.saturating_add(count).min(self.bytes.len());
    }

    /// The next line that is complete, without its newline.
    pub(super) fn take(&mut self) -> Result<Option<Vec<u8>>, TooLong> {
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

    /// What is left when the stream has ended.
    pub(super) fn take_rest(&mut self) -> Option<Vec<u8>> {
        let filled = std::mem::take(&mut self.filled);
        let rest = self.bytes.get(..filled).unwrap_or_default();
        (!rest.is_empty()).then(|| rest.to_vec())
    }
}
