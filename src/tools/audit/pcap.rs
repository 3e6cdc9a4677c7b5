//! The pcap format: a header, then packets.

use std::io::Read;

use pcap_parser::nom::IResult;
use pcap_parser::{LegacyPcapBlock, PcapError, PcapHeader};
use pcap_parser::{parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use super::capture::{CaptureError, Link, MAX_PACKET, Packet};
use super::stream::Stream;

const RECORD_HEADER: usize = 16;

type ParseFrame = fn(&[u8]) -> IResult<&[u8], LegacyPcapBlock<'_>, PcapError<&[u8]>>;

/// What applies to the whole file.
#[derive(Debug)]
pub(super) struct File {
    parse: ParseFrame,
    link: Link,
    fractions_per_microsecond: u32,
}

impl File {
    pub(super) fn open(stream: &mut Stream<impl Read>) -> Result<Self, CaptureError> {
        let size = PcapHeader::new().size();
        stream.fill(size)?;
        let header = match parse_pcap_header(stream.take(size)) {
            Ok((_, header)) if !header.is_modified_format() => header,
            _ => return Err(CaptureError::Format),
        };
        // The upper bits hold the length of the checksum, which radiotap gives as well.
        let link = Link::of(header.network.0.cast_unsigned() & 0x03ff_ffff);
        if let Link::Other(number) = link {
            return Err(CaptureError::NotWifi(number));
        }
        Ok(Self {
            parse: if header.is_bigendian() {
                parse_pcap_frame_be
            } else {
                parse_pcap_frame
            },
            link,
            fractions_per_microsecond: if header.is_nanosecond_precision() {
                1000
            } else {
                1
            },
        })
    }

    pub(super) fn next<'a>(
        &self,
        stream: &'a mut Stream<impl Read>,
    ) -> Result<Option<Packet<'a>>, CaptureError> {
        let record = stream.next_record(RECORD_HEADER + MAX_PACKET, |bytes| {
            let (rest, frame) = (self.parse)(bytes)?;
            let microseconds = frame.ts_usec / self.fractions_per_microsecond;
            let at = u64::from(frame.ts_sec) * 1_000_000 + u64::from(microseconds);
            Ok((rest, (at, frame.caplen < frame.origlen)))
        })?;
        let Some((size, (at, is_truncated))) = record else {
            return Ok(None);
        };
        let record = stream.take(size);
        Ok(Some(Packet {
            at,
            link: self.link,
            is_truncated,
            bytes: record.get(RECORD_HEADER..).unwrap_or_default(),
        }))
    }
}
