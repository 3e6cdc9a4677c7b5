//! A window that moves over a stream, and numbers in either byte order.

use std::io::{self, Read};

/// What was read of a stream and not taken yet.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
    taken: u64,
}

/// How much is read at once.
const PIECE: usize = 64 * 1024;

impl<R: Read> Window<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            begin: 0,
            end: 0,
            taken: 0,
        }
    }

    /// Reads on until so many bytes are there. `false`: the stream ends before.
    pub(super) fn fill(&mut self, count: usize) -> io::Result<bool> {
        while self.end - self.begin < count {
            self.make_room(count);
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => return Ok(false),
                Ok(more) => self.end += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn make_room(&mut self, count: usize) {
        if self.end < self.buffer.len() && self.begin + count <= self.buffer.len() {
            return;
        }
        if self.buffer.len() < count + PIECE {
            // The kernel's zeros cost nothing until something is read to them.
            let mut larger = vec![0; count + PIECE];
            let kept = larger.iter_mut().zip(self.bytes());
            kept.for_each(|(to, from)| *to = *from);
            self.buffer = larger;
        } else {
            self.buffer.copy_within(self.begin..self.end, 0);
        }
        self.end -= self.begin;
        self.begin = 0;
    }

    /// What is there.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }

    /// Takes bytes that are there, and gives them.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let from = self.begin;
        self.begin = self.end.min(from + count);
        self.taken += (self.begin - from) as u64;
        self.buffer.get(from..self.begin).unwrap_or_default()
    }

    /// How many bytes were taken since the beginning.
    pub(super) const fn taken(&self) -> u64 {
        self.taken
    }
}

/// The byte order of the machine that wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let number = bytes.get(at..)?.first_chunk().copied()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(number),
            Self::Big => u16::from_be_bytes(number),
        })
    }

    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let number = bytes.get(at..)?.first_chunk().copied()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(number),
            Self::Big => u32::from_be_bytes(number),
        })
    }
}
