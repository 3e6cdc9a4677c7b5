//! Netlink sockets: one kind that asks, one that listens.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use neli::consts::socket::{Msg, NlFamily};
use neli::socket::NlSocket;
use neli::utils::Groups;
use rustix::io::Errno;

use super::failure::Failure;
use super::message::{Message, Messages, Request};

/// The kernel fills dumps up to the size of the buffer that it saw (`max_recvmsg_len`). One BSS must
/// fit whole, or it hides all that follow it: two sets of elements of up to 2.3 kB each.
const BUFFER: usize = 16 * 1024;
/// A list that changes while it is read is read again so often.
const ATTEMPTS: usize = 3;

/// A non-blocking socket with its receive buffer.
pub(super) struct Socket {
    inner: NlSocket,
    buffer: Vec<u8>,
    sequence: u32,
}

impl Socket {
    pub(super) fn open(family: NlFamily) -> io::Result<Self> {
        let socket = NlSocket::connect(family, None, Groups::empty())?;
        socket.nonblock()?;
        socket.enable_ext_ack(true)?;
        Ok(Self {
            inner: socket,
            buffer: vec![0; BUFFER],
            sequence: 0,
        })
    }

    pub(super) fn join(&self, group: u32) -> io::Result<()> {
        self.inner
            .add_mcast_membership(Groups::new_groups(&[group]))
    }

    #[cfg(test)]
    pub(super) fn shrink_queue(&self, bytes: usize) -> io::Result<()> {
        self.inner.set_recv_buffer_size(bytes)
    }

    /// The next datagram in the queue.
    pub(super) fn receive(&mut self) -> Result<&[u8], Failure> {
        let (length, _) = self.inner.recv(self.buffer.as_mut_slice(), Msg::TRUNC)?;
        if length > self.buffer.len() {
            self.buffer.resize(length, 0);
            return Err(Failure::CutOff);
        }
        self.buffer.get(..length).ok_or(Failure::Malformed)
    }

    /// Has something done.
    pub(super) fn carry_out(&mut self, request: &Request) -> Result<(), Failure> {
        self.exchange([request], |_| ()).map(|[outcome]| outcome)?
    }

    /// Has two things done in one go; the second is tried even if the first fails.
    pub(super) fn carry_out_both(
        &mut self,
        requests: [&Request; 2],
    ) -> Result<[Result<(), Failure>; 2], Failure> {
        self.exchange(requests, |_| ())
    }

    /// Reads one thing or a list; what `decode` does not know is left out.
    pub(super) fn read<T>(
        &mut self,
        request: &Request,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let mut found = Vec::new();
            let mut interrupted = false;
            let outcome = self.exchange([request], |message| {
                interrupted |= message.is_interrupted();
                found.extend(decode(message.payload));
            });
            match outcome {
                Err(Failure::CutOff) if attempts > 0 => {}
                Ok(_) if interrupted && attempts > 0 => {}
                Ok([outcome]) => return outcome.map(|()| found),
                Err(failure) => return Err(failure),
            }
        }
    }

    /// Sends requests in one datagram and collects each one's outcome.
    ///
    /// The kernel works a request off within `send` (`netlink_unicast_kernel`) and queues the rest of a
    /// dump within `recv`, so an answer that is not there at once never comes.
    fn exchange<const N: usize>(
        &mut self,
        requests: [&Request; N],
        mut visit: impl FnMut(Message<'_>),
    ) -> Result<[Result<(), Failure>; N], Failure> {
        self.drain();
        let mut datagram = Vec::new();
        let mut expected = self.sequence.wrapping_add(1);
        for request in requests {
            self.sequence = self.sequence.wrapping_add(1);
            request.append_to(&mut datagram, self.sequence);
        }
        self.inner.send(&datagram, Msg::empty())?;

        let mut outcomes = Vec::with_capacity(N);
        while outcomes.len() < N {
            for message in Messages::of(self.receive_answer()?) {
                let message = message?;
                if message.sequence != expected {
                    continue;
                }
                if let Some(outcome) = message.outcome() {
                    outcomes.push(outcome);
                    expected = expected.wrapping_add(1);
                } else if message.is_content() {
                    visit(message);
                }
            }
        }
        outcomes.try_into().map_err(|_| Failure::Malformed)
    }

    fn receive_answer(&mut self) -> Result<&[u8], Failure> {
        self.receive().map_err(|failure| match failure {
            Failure::Socket(error) if error.kind() == io::ErrorKind::WouldBlock => Failure::Lost,
            failure => failure,
        })
    }

    /// Throws away what is queued. A dump that was abandoned ends with that, and so does an overrun.
    pub(super) fn drain(&mut self) {
        while !matches!(self.receive(), Err(Failure::Socket(error)) if !is_overrun(&error)) {}
    }
}

fn is_overrun(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::NOBUFS)
}

impl AsRawFd for Socket {
    fn as_raw_fd(&self) -> RawFd {
        self.inner.as_raw_fd()
    }
}
