//! The classic pcap format, radiotap frames only, from any byte source: also
//! one that still grows.

use super::frame::Frame;
use super::radiotap;

const HEADER: usize = 24;
const RECORD: usize = 16;
const RADIOTAP: u32 = 127;

/// Takes the bytes of a capture as they come and gives its frames.
#[derive(Default)]
pub struct Capture {
    bytes: Vec<u8>,
    at: usize,
    count: usize,
    header_seen: bool,
}

impl Capture {
    /// All frames of a finished capture.
    pub fn read(bytes: &[u8]) -> Result<Vec<Frame>, String> {
        let mut capture = Self::default();
        capture.feed(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = capture.next_frame()? {
            frames.push(frame);
        }
        match (capture.header_seen, capture.bytes.len() - capture.at) {
            (false, _) => Err("the capture is empty".to_owned()),
            (true, 0) => Ok(frames),
            (true, left) => Err(format!(
                "the capture ends in the middle of a frame: {left} bytes"
            )),
        }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, if all of it is there.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, String> {
        if !self.header_seen && !self.take_header()? {
            return Ok(None);
        }
        let rest = &self.bytes[self.at..];
        let (Some(seconds), Some(micros), Some(length)) =
            (number(rest, 0), number(rest, 4), number(rest, 8))
        else {
            return Ok(None);
        };
        let end = RECORD + length as usize;
        let Some(packet) = rest.get(RECORD..end) else {
            return Ok(None);
        };
        self.count += 1;
        let at = u64::from(seconds) * 1_000_000 + u64::from(micros);
        let (radio, frame) =
            radiotap::split(packet).ok_or_else(|| format!("frame {}: bad radiotap", self.count))?;
        let frame = Frame::read(self.count, at, radio.frequency, frame);
        self.at += end;
        Ok(Some(frame))
    }

    fn take_header(&mut self) -> Result<bool, String> {
        if self.bytes.len() < HEADER {
            return Ok(false);
        }
        if number(&self.bytes, 0) != Some(0xa1b2_c3d4) {
            return Err("not a pcap file of this machine's byte order in microseconds".to_owned());
        }
        if number(&self.bytes, 20) != Some(RADIOTAP) {
            return Err("not a capture with radiotap headers".to_owned());
        }
        self.at = HEADER;
        self.header_seen = true;
        Ok(true)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}
