//! Compressed captures: gzip, zstd and xz, recognised by their first bytes.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// Number of bytes that tell the formats apart.
const MAGIC: u64 = 6;

/// A source of bytes that are not compressed.
pub struct Unpacked<'a> {
    /// The source.
    pub source: Box<dyn Read + 'a>,
    /// Whether it was compressed.
    pub was_compressed: bool,
}

/// Unpacks a source if it is compressed.
///
/// # Errors
///
/// If the source cannot be read.
pub fn unpack<'a>(mut source: impl Read + 'a) -> io::Result<Unpacked<'a>> {
    let mut magic = Vec::new();
    source.by_ref().take(MAGIC).read_to_end(&mut magic)?;
    let whole = Cursor::new(magic.clone()).chain(source);
    let source: Box<dyn Read + 'a> = match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(whole)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(Zstd::new(whole)),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => Box::new(XzReader::new(whole, true)),
        _ => {
            return Ok(Unpacked {
                source: Box::new(whole),
                was_compressed: false,
            });
        }
    };
    Ok(Unpacked {
        source,
        was_compressed: true,
    })
}

/// A frame whose first byte was read to see that there is one.
type Frame<R> = StreamingDecoder<Chain<Cursor<[u8; 1]>, R>, FrameDecoder>;

/// All frames of a zstd stream, one after the other.
struct Zstd<R: Read> {
    /// Before the first frame and between frames.
    waiting: Option<R>,
    frame: Option<Frame<R>>,
}

impl<R: Read> Zstd<R> {
    const fn new(source: R) -> Self {
        Self {
            waiting: Some(source),
            frame: None,
        }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let count = frame.read(room)?;
                if count > 0 || room.is_empty() {
                    return Ok(count);
                }
                self.waiting = self
                    .frame
                    .take()
                    .map(|frame| frame.into_inner().into_inner().1);
            }
            let Some(mut source) = self.waiting.take() else {
                return Ok(0);
            };
            let mut first = [0];
            loop {
                match source.read(&mut first) {
                    Ok(0) => return Ok(0),
                    Ok(_) => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            let whole = Cursor::new(first).chain(source);
            let frame = StreamingDecoder::new(whole).map_err(io::Error::other)?;
            self.frame = Some(frame);
        }
    }
}
