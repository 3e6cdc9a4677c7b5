//! A byte stream, read record by record into a buffer that grows up to a limit.

use std::io::{self, Read};

use pcap_parser::PcapError;
use pcap_parser::nom::{Err as Parse, Needed};

use super::capture::CaptureError;

/// What was parsed of a record and the bytes after it.
pub(super) type Parsed<'a, T> = Result<(&'a [u8], T), Parse<PcapError<&'a [u8]>>>;

/// Bytes. The buffer is doubled until a record fits.
const MIN_BUFFER: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Stream<R> {
    source: R,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    position: u64,
    ends_early: bool,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            begin: 0,
            end: 0,
            position: 0,
            ends_early: false,
        }
    }

    /// Reads until `parse` finds a whole record of at most `max` bytes; returns its size and what was
    /// parsed. `None` at the end.
    pub(super) fn next_record<T>(
        &mut self,
        max: usize,
        parse: impl Fn(&[u8]) -> Parsed<'_, T>,
    ) -> Result<Option<(usize, T)>, CaptureError> {
        loop {
            let available = self.bytes().len();
            match parse(self.bytes()) {
                Ok((rest, record)) if available - rest.len() <= max => {
                    return Ok(Some((available - rest.len(), record)));
                }
                Err(Parse::Incomplete(Needed::Size(more))) if available + more.get() <= max => {
                    if !self.fill(available + more.get())? {
                        self.ends_early |= !self.bytes().is_empty();
                        return Ok(None);
                    }
                }
                _ => return Err(self.damaged()),
            }
        }
    }

    /// Reads until `count` bytes are available. `false` if the stream ends before.
    pub(super) fn fill(&mut self, count: usize) -> io::Result<bool> {
        while self.end - self.begin < count {
            self.make_room();
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => return Ok(false),
                Ok(more) => self.end += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Compressed data that was cut off.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    self.ends_early = true;
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// The buffer grows only with what was read: a length in a file alone allocates no memory.
    fn make_room(&mut self) {
        if self.end < self.buffer.len() {
            return;
        }
        self.buffer.copy_within(self.begin..self.end, 0);
        self.end -= self.begin;
        self.begin = 0;
        if self.end == self.buffer.len() {
            let larger = (2 * self.buffer.len()).max(MIN_BUFFER);
            self.buffer.resize(larger, 0);
        }
    }

    /// The bytes that were read and not taken.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }

    /// Takes available bytes and returns them.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let from = self.begin;
        self.begin = self.end.min(from + count);
        self.position += (self.begin - from) as u64;
        self.buffer.get(from..self.begin).unwrap_or_default()
    }

    /// The number of bytes taken.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// Whether the stream ended in the middle of a record.
    pub(super) const fn ends_early(&self) -> bool {
        self.ends_early
    }

    /// The error for a record that makes no sense.
    pub(super) const fn damaged(&self) -> CaptureError {
        CaptureError::Damaged(self.position)
    }
}
