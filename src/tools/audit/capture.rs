//! Captures in either format, packet by packet, in memory that does not grow with them.

use std::io::{self, Read};

use super::pcap;
use super::pcapng;
use super::window::{Order, Window};

/// Microseconds since 1970.
pub type Micros = u64;

/// The longest packet that any program writes; more is damage.
pub(super) const LONGEST: usize = 256 * 1024;

/// How frames lie in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Behind a radiotap header.
    Radiotap,
    /// Bare 802.11.
    Bare,
    /// Something else, by its number.
    Other(u32),
}

impl Link {
    pub(super) const fn of(number: u32) -> Self {
        match number {
            127 => Self::Radiotap,
            105 => Self::Bare,
            other => Self::Other(other),
        }
    }
}

/// What a sniffer heard at once.
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
    /// The source fails.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is something else.
    #[error("it is neither a pcap nor a pcapng file")]
    Format,
    /// It has to be unpacked first.
    #[error("it is compressed: unpack it first, as in `zcat FILE | macveil audit -`")]
    Compressed,
    /// It was captured from an ordinary interface.
    #[error(
        "it has no 802.11 frames (link type {0}{name}): capture from an interface in monitor mode",
        name = if *.0 == 1 { ", Ethernet" } else { "" }
    )]
    NotWifi(u32),
    /// It makes no sense from here on.
    #[error("it is damaged {0} bytes from its beginning")]
    Damaged(u64),
}

/// A capture that is being read.
#[derive(Debug)]
pub struct Capture<R> {
    window: Window<R>,
    format: Format,
    ends_early: bool,
}

#[derive(Debug)]
enum Format {
    Pcap(pcap::Header),
    Pcapng(pcapng::Section),
}

impl<R: Read> Capture<R> {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// It is no capture of 802.11 frames, or cannot be read.
    pub fn new(source: R) -> Result<Self, CaptureError> {
        let mut window = Window::new(source);
        let whole = window.fill(4)?;
        let format = match window.bytes() {
            [] => return Err(CaptureError::Empty),
            [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0xfd, b'7', b'z', b'X', ..] => {
                return Err(CaptureError::Compressed);
            }
            bytes if whole && Order::Big.u32(bytes, 0) == Some(pcapng::SECTION) => {
                Format::Pcapng(pcapng::Section::default())
            }
            _ => Format::Pcap(pcap::Header::read(&mut window)?),
        };
        Ok(Self {
            window,
            format,
            ends_early: false,
        })
    }

    /// The next packet; none at the end.
    ///
    /// # Errors
    ///
    /// It is damaged, or cannot be read.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        let window = &mut self.window;
        let early = &mut self.ends_early;
        match &mut self.format {
            Format::Pcap(header) => header.next(window, early),
            Format::Pcapng(section) => section.next(window, early),
        }
    }

    /// How many bytes were read.
    pub const fn position(&self) -> u64 {
        self.window.taken()
    }

    /// Whether the end was in the middle of a packet, as when a sniffer is killed.
    pub const fn ends_early(&self) -> bool {
        self.ends_early
    }
}
