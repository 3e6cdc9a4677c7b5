//! A conversation with the system bus.

use std::io;
use std::os::unix::net::UnixStream as Blocking;
use std::path::Path;

use tokio::net::UnixStream;

use super::message::{Call, Message};

/// Where the system bus listens, below the root.
pub(crate) const SYSTEM_BUS: &str = "run/dbus/system_bus_socket";

/// A conversation with a bus. `Hello` is its first call, with the serial number 1.
pub(crate) struct Connection {
    stream: UnixStream,
    received: Vec<u8>,
    unsent: Vec<u8>,
    serial: u32,
    welcome: bool,
}

impl Connection {
    /// Begins a conversation; nothing is said before [`Self::flush`] or [`Self::next`].
    pub(crate) fn open(socket: &Path) -> io::Result<Self> {
        let stream = Blocking::connect(socket)?;
        stream.set_nonblocking(true)?;
        let mut unsent = b"\0AUTH EXTERNAL ".to_vec();
        let user = rustix::process::geteuid().as_raw().to_string();
        // In hexadecimal, as a text.
        unsent.extend(user.bytes().flat_map(|digit| [b'3', digit]));
        unsent.extend(b"\r\nBEGIN\r\n");
        let mut connection = Self {
            stream: UnixStream::from_std(stream)?,
            received: Vec::new(),
            unsent,
            serial: 0,
            welcome: false,
        };
        connection.call(&Call::to_bus("Hello", None));
        Ok(connection)
    }

    /// Calls a method with the next words that are sent; returns the serial number that the answer names.
    pub(crate) fn call(&mut self, call: &Call<'_>) -> u32 {
        self.serial = self.serial.wrapping_add(1).max(1);
        call.write(&mut self.unsent, self.serial);
        self.serial
    }

    /// Sends as much as there is room for.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.try_write(&self.unsent) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for the next message; nothing is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> io::Result<Message> {
        loop {
            self.flush()?;
            if self.is_welcome()?
                && let Some(message) = Message::take(&mut self.received)?
            {
                return Ok(message);
            }
            if self.unsent.is_empty() {
                self.stream.readable().await?;
            } else {
                self.stream.writable().await?;
                self.flush()?;
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.received.extend(buffer.iter().take(count));
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether the bus has answered the greeting, with one line.
    fn is_welcome(&mut self) -> io::Result<bool> {
        if self.welcome {
            return Ok(true);
        }
        let Some(end) = self.received.iter().position(|&byte| byte == b'\n') else {
            return Ok(false);
        };
        self.welcome = self.received.starts_with(b"OK ");
        self.received.drain(..=end);
        if self.welcome {
            Ok(true)
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
}
