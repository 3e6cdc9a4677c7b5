//! Netlink sockets for requests and for notifications.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use neli::consts::socket::{Msg, NlFamily};
use neli::socket::NlSocket;
use neli::utils::Groups;
use rustix::io::Errno;

use super::failure::Failure;
use super::message::{Message, Messages, Request};

/// In bytes. The kernel fills dumps up to the size of the receive buffer (`max_recvmsg_len`). One BSS,
/// with two sets of elements of up to 2.3 kB each, must fit, or the kernel leaves out all that follow.
const BUFFER_SIZE: usize = 16 * 1024;
/// A list that changes while it is read is read again up to this limit.
const MAX_DUMP_ATTEMPTS: usize = 3;

/// A non-blocking socket with its receive buffer.
pub(super) struct Socket {
    inner: NlSocket,
    buffer: Vec<u8>,
    sequence: u32,
}

impl Socket {
    pub(super) fn open(family: NlFamily) -> io::Result<Self> {
        Self::with_buffer(family, BUFFER_SIZE)
    }

    /// For short answers.
    pub(super) fn with_buffer(family: NlFamily, size: usize) -> io::Result<Self> {
        let socket = NlSocket::connect(family, None, Groups::empty())?;
        socket.nonblock()?;
        socket.enable_ext_ack(true)?;
        Ok(Self {
            inner: socket,
            buffer: vec![0; size],
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

    /// Sends a request and waits for its outcome.
    pub(super) fn execute(&mut self, request: &Request) -> Result<(), Failure> {
        self.exchange([request], |_| ()).map(|[outcome]| outcome)?
    }

    /// Sends two requests in one datagram; the kernel runs the second even if the first fails.
    pub(super) fn execute_both(
        &mut self,
        requests: [&Request; 2],
    ) -> Result<[Result<(), Failure>; 2], Failure> {
        self.exchange(requests, |_| ())
    }

    /// Sends requests that the kernel carries out all or none; returns the first failure.
    pub(super) fn batch(&mut self, requests: &[Request]) -> Result<(), Failure> {
        self.drain();
        let mut datagram = Vec::new();
        let first = self.sequence.wrapping_add(1);
        for request in requests {
            self.sequence = self.sequence.wrapping_add(1);
            request.append_to(&mut datagram, self.sequence);
        }
        self.inner.send(&datagram, Msg::empty())?;
        let expected = requests.iter().filter(|it| it.wants_answer()).count();
        let last = self.sequence;
        let mut answers = 0;
        while answers < expected {
            for message in Messages::of(self.receive_answer()?) {
                let message = message?;
                if (first..=last).contains(&message.sequence)
                    && let Some(outcome) = message.outcome()
                {
                    outcome?;
                    answers += 1;
                }
            }
        }
        Ok(())
    }

    /// Reads one object or a list, without messages that `decode` cannot read.
    pub(super) fn read<T>(
        &mut self,
        request: &Request,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut attempts = MAX_DUMP_ATTEMPTS;
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
    /// The kernel handles a request within `send` (`netlink_unicast_kernel`) and queues the rest of a
    /// dump within `recv`. So an answer that is not available at once is lost.
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

    /// Discards all queued messages. This also ends an abandoned dump or an overrun.
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
