//! Events on their way to whoever follows them: nobody who reads slowly keeps the daemon or others
//! waiting, or has it remember more than a little.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tokio::time::timeout;

use super::event::News;

/// So many lines are kept for a reader who is slow; the oldest go first.
const KEPT: usize = 64;
/// Readers have so long to fetch the last lines.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where the daemon says what happens.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream(Rc<RefCell<Option<Sender<Rc<Line>>>>>);

#[derive(Debug)]
struct Line {
    interface: Option<String>,
    bytes: Vec<u8>,
    is_last: bool,
}

/// What one reader is told.
#[derive(Debug)]
pub(super) struct Follower {
    lines: Receiver<Rc<Line>>,
    interface: Option<String>,
}

impl Stream {
    /// How many follow.
    pub(super) fn followers(&self) -> usize {
        let sender = self.0.borrow();
        sender.as_ref().map_or(0, Sender::receiver_count)
    }

    pub(super) fn say(&self, news: &News) {
        self.send(news, false);
    }

    fn send(&self, news: &News, is_last: bool) {
        if self.followers() == 0 {
            // Nobody keeps what the last one did not fetch.
            self.0.take();
            return;
        }
        let line = Rc::new(Line {
            interface: news.interface.clone(),
            bytes: line_of(news),
            is_last,
        });
        // Whoever followed may have just gone.
        let _ = self.0.borrow().as_ref().map(|sender| sender.send(line));
    }

    /// From now on; what is of other interfaces is left out.
    pub(super) fn follow(&self, interface: Option<String>) -> Follower {
        let mut sender = self.0.borrow_mut();
        let sender = sender.get_or_insert_with(|| broadcast::channel(KEPT).0);
        Follower {
            lines: sender.subscribe(),
            interface,
        }
    }

    /// Says that nothing more will be said, and waits until it was fetched, or for a moment.
    pub(super) async fn end(&self) {
        self.send(&News::leaving(), true);
        if let Some(sender) = self.0.take() {
            // Who does not fetch it in time finds the connection closed.
            let _ = timeout(FAREWELL, sender.closed()).await;
        }
    }
}

impl Follower {
    /// Passes on what happens until the reader goes, or the daemon ends.
    pub(super) async fn relay(mut self, stream: &mut UnixStream) {
        loop {
            let line = tokio::select! {
                line = self.lines.recv() => line,
                () = gone(stream) => return,
            };
            let (bytes, is_last) = match &line {
                Ok(line) if self.is_for_others(line) => continue,
                Ok(line) => (line.bytes.clone(), line.is_last),
                Err(RecvError::Lagged(lines)) => (line_of(&News::missed(*lines)), false),
                Err(RecvError::Closed) => return,
            };
            if stream.write_all(&bytes).await.is_err() || is_last {
                return;
            }
        }
    }

    fn is_for_others(&self, line: &Line) -> bool {
        let both = self.interface.as_ref().zip(line.interface.as_ref());
        both.is_some_and(|(wanted, told)| wanted != told)
    }
}

/// Until the reader has closed the connection; what it says meanwhile is not listened to.
async fn gone(stream: &UnixStream) {
    let mut unheard = [0; 256];
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut unheard) {
            Ok(0) => return,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {}
        }
    }
}

fn line_of(news: &News) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    let mut line = news.to_line(now);
    line.push('\n');
    line.into_bytes()
}
