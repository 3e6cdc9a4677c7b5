//! The formats of captures, the headers of sniffers, and compression.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A frame and when it was received.
pub struct Record {
    pub micros: u64,
    /// Its length on the air.
    pub length: usize,
    /// What the sniffer kept, without header.
    pub frame: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    Bare,
    Radiotap,
    /// With more words of presence, and a checksum behind the frame.
    ExtendedRadiotap,
    Prism,
    Avs,
    Ppi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Pcap { nanoseconds: bool },
    Pcapng { nanoseconds: bool },
}

#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    pub header: Header,
    pub format: Format,
    pub is_big_endian: bool,
    /// The program that compresses it.
    pub compressed_by: Option<&'static str>,
}

const CHECKSUM: usize = 4;

impl Header {
    const ALL: [Self; 6] = [
        Self::Bare,
        Self::Radiotap,
        Self::ExtendedRadiotap,
        Self::Prism,
        Self::Avs,
        Self::Ppi,
    ];

    const fn link_type(self) -> u32 {
        match self {
            Self::Bare => 105,
            Self::Radiotap | Self::ExtendedRadiotap => 127,
            Self::Prism => 119,
            Self::Avs => 163,
            Self::Ppi => 192,
        }
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Bare => Vec::new(),
            Self::Radiotap => vec![0, 0, 14, 0, 0x0a, 0, 0, 0, 0, 0, 0x85, 9, 0xa0, 0],
            Self::ExtendedRadiotap => {
                // TSFT, flags, rate, channel, signal and antenna; then signal and antenna of two antennas.
                let mut header = vec![
                    0, 0, 40, 0, 0x2f, 8, 0, 0xa0, 0x20, 8, 0, 0xa0, 0x20, 8, 0, 0,
                ];
                header.extend([1, 2, 3, 4, 5, 6, 7, 8]);
                header.extend([0x10, 12, 0x85, 9, 0xa0, 0, 0xd0, 0]);
                header.extend([0xd0, 0, 0xd1, 1, 0, 0, 0, 0]);
                header
            }
            Self::Prism => [
                &0x44_u32.to_le_bytes()[..],
                &144_u32.to_le_bytes(),
                &[0; 136],
            ]
            .concat(),
            Self::Avs => [&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56]].concat(),
            Self::Ppi => {
                let common = [
                    0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0x85, 9, 0, 0, 0, 0, 0xd0, 0xa0,
                ];
                [&[0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0][..], &common].concat()
            }
        }
    }

    const fn has_checksum(self) -> bool {
        matches!(self, Self::ExtendedRadiotap | Self::Ppi)
    }
}

/// Every header in every format, in one of the byte orders, some of them compressed.
pub fn all() -> Vec<Encoding> {
    let formats = [
        Format::Pcap { nanoseconds: false },
        Format::Pcap { nanoseconds: true },
        Format::Pcapng { nanoseconds: false },
        Format::Pcapng { nanoseconds: true },
    ];
    let mut compressors = [Some("gzip"), None, Some("xz"), None, Some("zstd")]
        .into_iter()
        .cycle();
    let mut all = Vec::new();
    for (number, header) in Header::ALL.into_iter().enumerate() {
        for (index, format) in formats.into_iter().enumerate() {
            all.push(Encoding {
                header,
                format,
                is_big_endian: (number + index) % 2 == 1,
                compressed_by: compressors.next().flatten(),
            });
        }
    }
    all
}

impl Encoding {
    pub fn write(&self, records: &[Record]) -> Vec<u8> {
        let mut file = match self.format {
            Format::Pcap { nanoseconds } => self.pcap_header(nanoseconds),
            Format::Pcapng { nanoseconds } => self.pcapng_header(nanoseconds),
        };
        let header = self.header.bytes();
        let checksum = if self.header.has_checksum() {
            CHECKSUM
        } else {
            0
        };
        for record in records {
            // The checksum of a frame that was cut off is not there.
            let is_whole = record.length == record.frame.len();
            let trailer = vec![0x5a; if is_whole { checksum } else { 0 }];
            let packet = [&header[..], &record.frame, &trailer].concat();
            let length = header.len() + record.length + checksum;
            match self.format {
                Format::Pcap { nanoseconds } => {
                    let (seconds, micros) = (record.micros / 1_000_000, record.micros % 1_000_000);
                    let fraction = if nanoseconds {
                        micros * 1000 + 999
                    } else {
                        micros
                    };
                    for number in [seconds, fraction, packet.len() as u64, length as u64] {
                        file.extend(self.number(number as u32));
                    }
                    file.extend(packet);
                }
                Format::Pcapng { nanoseconds } => {
                    let units = if nanoseconds { 1000 } else { 1 };
                    let at = record.micros * units + units - 1;
                    let mut body = Vec::new();
                    for number in [0, at >> 32, at, packet.len() as u64, length as u64] {
                        body.extend(self.number(number as u32));
                    }
                    body.extend(packet);
                    file.extend(self.block(6, &body));
                }
            }
        }
        file
    }

    fn number(&self, number: u32) -> [u8; 4] {
        if self.is_big_endian {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        }
    }

    fn pcap_header(&self, nanoseconds: bool) -> Vec<u8> {
        let magic = if nanoseconds {
            0xa1b2_3c4d
        } else {
            0xa1b2_c3d4
        };
        let version = if self.is_big_endian {
            0x0002_0004
        } else {
            0x0004_0002
        };
        let numbers = [magic, version, 0, 0, 0x4_0000, self.header.link_type()];
        numbers.map(|it| self.number(it)).concat()
    }

    fn pcapng_header(&self, nanoseconds: bool) -> Vec<u8> {
        let version = if self.is_big_endian { 0x0001_0000 } else { 1 };
        let section = [
            self.number(0x1a2b_3c4d),
            self.number(version),
            [0xff; 4],
            [0xff; 4],
        ];
        let link = self.header.link_type();
        let link = if self.is_big_endian { link << 16 } else { link };
        let resolution = [if nanoseconds { 9 } else { 6 }, 0, 0, 0];
        let option = if self.is_big_endian {
            0x0009_0001
        } else {
            0x0001_0009
        };
        let interface = [
            self.number(link),
            self.number(0x4_0000),
            self.number(option),
            resolution,
            self.number(0),
        ];
        let [section, interface] = [(0x0a0d_0d0a, section.concat()), (1, interface.concat())]
            .map(|(kind, body)| self.block(kind, &body));
        [section, interface].concat()
    }

    fn block(&self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        let size = self.number((12 + body.len() + padding.len()) as u32);
        [&self.number(kind)[..], &size, body, &padding, &size].concat()
    }

    /// Compresses the file; its new path.
    pub fn compress(&self, path: &Path) -> PathBuf {
        let Some(program) = self.compressed_by else {
            return path.to_owned();
        };
        let compressed = path.with_extension(program);
        let output = Command::new(program).args(["-1", "-c"]).arg(path).output();
        let output = output.expect("tests/lab/setup.sh installs it");
        std::fs::write(&compressed, output.stdout).unwrap();
        compressed
    }

    pub fn is_read_by_tshark(&self) -> bool {
        self.compressed_by == Some("gzip")
    }
}
