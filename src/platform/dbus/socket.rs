//! The socket of a connection, which limits the size of messages.
//!
//! zbus allocates the size in a message's header, up to 128 MiB, and any user of the system bus can send
//! a message.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use zbus::Message;
use zbus::connection::socket::{self, ReadHalf, Split, WriteHalf};
use zbus::export::async_trait::async_trait;

/// In bytes. All objects of iwd, with hundreds of networks, need a fraction of this.
const MAX_MESSAGE_BYTES: u64 = 4 * 1024 * 1024;
/// The part of a header with the sizes of the message's parts (D-Bus Specification, "Message Format").
const HEAD: usize = 16;

/// A connected socket. It does not pass file descriptors.
#[derive(Debug)]
pub(super) struct Socket(UnixStream);

/// Receives messages of any size.
#[derive(Debug)]
struct Reader(OwnedReadHalf);

/// Receives messages up to [`MAX_MESSAGE_BYTES`].
#[derive(Debug)]
pub(super) struct LimitedReader(Reader);

#[derive(Debug)]
pub(super) struct Writer(OwnedWriteHalf);

impl Socket {
    pub(super) async fn connect(path: &Path) -> io::Result<Self> {
        UnixStream::connect(path).await.map(Self)
    }
}

impl socket::Socket for Socket {
    type ReadHalf = LimitedReader;
    type WriteHalf = Writer;

    fn split(self) -> Split<LimitedReader, Writer> {
        let (read, write) = self.0.into_split();
        Split::new(LimitedReader(Reader(read)), Writer(write))
    }
}

#[async_trait]
impl ReadHalf for Reader {
    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        Ok((self.0.read(buffer).await?, Vec::new()))
    }
}

#[async_trait]
impl ReadHalf for LimitedReader {
    async fn receive_message(
        &mut self,
        sequence: u64,
        received: &mut Vec<u8>,
        descriptors: &mut Vec<OwnedFd>,
    ) -> zbus::Result<Message> {
        while received.len() < HEAD {
            let mut buffer = [0; HEAD];
            let (free, _) = buffer.split_at_mut(HEAD - received.len());
            let count = self.0.0.read(free).await?;
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            received.extend(free.iter().take(count));
        }
        if size(received).is_none_or(|size| size > MAX_MESSAGE_BYTES) {
            return Err(zbus::Error::ExcessData);
        }
        let message = self.0.receive_message(sequence, received, descriptors);
        message.await
    }

    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        self.0.recvmsg(buffer).await
    }
}

/// The size of the message with this header, without padding.
fn size(head: &[u8]) -> Option<u64> {
    let number = |at: usize| {
        let (bytes, _) = head.get(at..)?.split_first_chunk()?;
        Some(u64::from(match head.first()? {
            b'B' => u32::from_be_bytes(*bytes),
            _ => u32::from_le_bytes(*bytes),
        }))
    };
    let (body, fields) = (number(4)?, number(12)?);
    Some(body + fields)
}

#[async_trait]
impl WriteHalf for Writer {
    async fn sendmsg(&mut self, buffer: &[u8], _: &[BorrowedFd<'_>]) -> io::Result<usize> {
        self.0.write(buffer).await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.0.shutdown().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_read_in_either_byte_order() {
        let head = |order, body: [u8; 4], fields: [u8; 4]| {
            let parts = [[order, 1, 0, 1], body, [1; 4], fields];
            size(&parts.concat())
        };
        let (body, fields) = (0x0102_u32, 0x0304_u32);
        let sum = Some(u64::from(body + fields));
        assert_eq!(head(b'l', body.to_le_bytes(), fields.to_le_bytes()), sum);
        assert_eq!(head(b'B', body.to_be_bytes(), fields.to_be_bytes()), sum);
        assert_eq!(
            head(b'l', [255; 4], [255; 4]),
            Some(2 * u64::from(u32::MAX))
        );
        assert_eq!(size(b"l"), None);
    }
}
