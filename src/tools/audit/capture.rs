//! Captures in either format, packet by packet, in memory that does not grow with them.

use std::io::{self, Read};

use super::stream::Stream;
use super::{pcap, pcapng};

/// Microseconds since 1970.
pub type Micros = u64;

/// Bytes. No program writes longer packets.
pub(super) const MAX_PACKET: usize = 256 * 1024;

/// How frames lie in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Behind a radiotap header.
    Radiotap,
    /// Behind a Prism header.
    Prism,
    /// Behind an AVS header.
    Avs,
    /// Behind a PPI header.
    Ppi,
    /// Bare 802.11.
    Bare,
    /// Something else, by its number.
    Other(u32),
}

impl Link {
    pub(super) const fn of(number: u32) -> Self {
        match number {
            119 => Self::Prism,
            127 => Self::Radiotap,
            163 => Self::Avs,
            192 => Self::Ppi,
            105 => Self::Bare,
            other => Self::Other(other),
        }
    }
}

/// A packet of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// When.
    pub at: Micros,
    /// How the frame lies in it.
    pub link: Link,
    /// The sniffer kept only its beginning.
    pub is_truncated: bool,
    /// The packet.
    pub bytes: &'a [u8],
}

/// Why a capture cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// Reading the source failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The source has no bytes.
    #[error("the capture is empty")]
    Empty,
    /// Another format.
    #[error("not a pcap or pcapng file")]
    Format,
    /// A pcapng file on a machine where `pcap-parser` 0.17 cannot read it.
    #[error("pcapng files cannot be read on big-endian machines: convert with `editcap -F pcap`")]
    BigEndianMachine,
    /// Captured from an ordinary interface.
    #[error(
        "the capture has no 802.11 frames (link type {0}{name}): capture from an interface in monitor mode",
        name = if *.0 == 1 { ", Ethernet" } else { "" }
    )]
    NotWifi(u32),
    /// A record is not valid, or longer than the limit. The number is its offset in bytes.
    #[error("the capture is damaged at byte {0}")]
    Damaged(u64),
}

/// A capture that is being read.
#[derive(Debug)]
pub struct Capture<R> {
    stream: Stream<R>,
    format: Format,
}

#[derive(Debug)]
enum Format {
    Pcap(pcap::File),
    Pcapng(pcapng::Section),
}

impl<R: Read> Capture<R> {
    /// Reads the beginning of a capture and finds its format.
    ///
    /// # Errors
    ///
    /// It is not a capture of 802.11 frames, or cannot be read.
    pub fn new(source: R) -> Result<Self, CaptureError> {
        let mut stream = Stream::new(source);
        stream.fill(4)?;
        let format = match stream.bytes() {
            [] => return Err(CaptureError::Empty),
            [0x0a, 0x0d, 0x0d, 0x0a, ..] if cfg!(target_endian = "big") => {
                return Err(CaptureError::BigEndianMachine);
            }
            [0x0a, 0x0d, 0x0d, 0x0a, ..] => Format::Pcapng(pcapng::Section::default()),
            _ => Format::Pcap(pcap::File::open(&mut stream)?),
        };
        Ok(Self { stream, format })
    }

    /// The next packet. `None` at the end.
    ///
    /// # Errors
    ///
    /// The capture is damaged, or cannot be read.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        match &mut self.format {
            Format::Pcap(file) => file.next(&mut self.stream),
            Format::Pcapng(section) => section.next(&mut self.stream),
        }
    }

    /// The number of bytes read.
    pub const fn position(&self) -> u64 {
        self.stream.position()
    }

    /// Whether the capture ends in the middle of a packet, as when a sniffer is killed.
    pub const fn ends_early(&self) -> bool {
        self.stream.ends_early()
    }
}
