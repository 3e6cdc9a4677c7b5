//! Events for clients that follow them. A slow client delays neither the daemon nor other clients: it
//! misses lines.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::time::timeout;

use crate::protocol::EventLine;

/// Lines that are kept for a slow client; the oldest are dropped first.
const MAX_KEPT_LINES: usize = 64;
/// For clients to read the last lines.
const LAST_LINES_TIMEOUT: Duration = Duration::from_millis(500);

/// The sending side.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream(Rc<RefCell<Option<Sender<Rc<Line>>>>>);

#[derive(Debug)]
struct Line {
    interface: Option<String>,
    bytes: Vec<u8>,
    is_last: bool,
}

/// The receiving side, for one client.
#[derive(Debug)]
pub(super) struct Follower {
    lines: Receiver<Rc<Line>>,
    interface: Option<String>,
}

impl Stream {
    /// The number of clients.
    pub(super) fn followers(&self) -> usize {
        let sender = self.0.borrow();
        sender.as_ref().map_or(0, Sender::receiver_count)
    }

    pub(super) fn send(&self, event: EventLine) {
        self.send_line(event, false);
    }

    fn send_line(&self, event: EventLine, is_last: bool) {
        if self.followers() == 0 {
            // Drop the lines that the last client did not read.
            self.0.take();
            return;
        }
        let line = Rc::new(Line {
            interface: event.interface.clone(),
            bytes: line_of(event),
            is_last,
        });
        // The last client may have just disconnected.
        let _ = self.0.borrow().as_ref().map(|sender| sender.send(line));
    }

    /// Follows events from now on, without those of other interfaces.
    pub(super) fn follow(&self, interface: Option<String>) -> Follower {
        let mut sender = self.0.borrow_mut();
        let sender = sender.get_or_insert_with(|| broadcast::channel(MAX_KEPT_LINES).0);
        Follower {
            lines: sender.subscribe(),
            interface,
        }
    }

    /// Sends the last event, and waits until clients have read it, or for the timeout.
    pub(super) async fn end(&self) {
        self.send_line(EventLine::shutting_down(), true);
        if let Some(sender) = self.0.take() {
            // For a slower client the connection is closed.
            let _ = timeout(LAST_LINES_TIMEOUT, sender.closed()).await;
        }
    }
}

impl Follower {
    /// Sends events until the client disconnects, or the daemon ends.
    pub(super) async fn relay(mut self, stream: &mut UnixStream) {
        loop {
            let line = tokio::select! {
                line = self.lines.recv() => line,
                () = gone(stream) => return,
            };
            let (bytes, is_last) = match &line {
                Ok(line) if self.is_for_others(line) => continue,
                Ok(line) => (line.bytes.clone(), line.is_last),
                Err(RecvError::Lagged(lines)) => (line_of(EventLine::missed(*lines)), false),
                Err(RecvError::Closed) => return,
            };
            if stream.write_all(&bytes).await.is_err() || is_last {
                return;
            }
        }
    }

    fn is_for_others(&self, line: &Line) -> bool {
        let both = self.interface.as_ref().zip(line.interface.as_ref());
        both.is_some_and(|(wanted, of)| wanted != of)
    }
}

/// Waits until the client closes the connection. Everything that the client sends is ignored.
async fn gone(stream: &UnixStream) {
    let mut ignored = [0; 256];
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut ignored) {
            Ok(0) => return,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {}
        }
    }
}

fn line_of(mut event: EventLine) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    event.time_ms = now;
    let mut line = event.to_line();
    line.push('\n');
    line.into_bytes()
}
