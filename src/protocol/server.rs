//! The daemon's side of the socket: a few clients at a time, each within a fixed room and time.

use std::cell::Cell;
use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::line::{Lines, TooLong};
use super::socket::SocketFile;
use super::stream::{Follower, Stream};
use super::{Fault, FaultKind, Group, LONGEST_REQUEST, News, Reply, Request};

/// How far a client may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// As many may be connected at once.
    pub(super) clients: usize,
    /// As many of them may follow events.
    pub(super) followers: usize,
    /// One may keep its seat for so long without a complete request.
    pub(super) patience: Duration,
    /// It may take so long to fetch a reply.
    pub(super) fetching: Duration,
}

impl Limits {
    pub(super) const USUAL: Self = Self {
        clients: 8,
        followers: 4,
        patience: Duration::from_secs(30),
        fetching: Duration::from_secs(5),
    };
}

/// Until the next client is looked at when there are no descriptors left.
const RECOVERY: Duration = Duration::from_secs(1);

/// A request with the way back for its reply.
#[derive(Debug)]
pub struct PendingRequest {
    /// What is asked.
    pub request: Request,
    /// Where the answer goes; nobody may be left to hear it.
    pub answer: oneshot::Sender<Reply>,
}

/// The socket; it ends with this.
#[derive(Debug)]
pub struct Server {
    file: SocketFile,
    admission: Rc<Admission>,
    stream: Stream,
    task: JoinHandle<()>,
}

/// Whom to listen to, besides root and the daemon's own user.
#[derive(Debug)]
struct Admission {
    own: u32,
    /// Members of a group, whom the kernel checks against the socket's file when they connect.
    group: Cell<bool>,
}

impl Server {
    /// Listens at a path; requests go to `asked`. To be called within a `LocalSet`.
    ///
    /// # Errors
    ///
    /// The socket cannot be made, or not be given to the group.
    pub fn start(
        path: &Path,
        group: Option<&Group>,
        asked: mpsc::Sender<PendingRequest>,
    ) -> io::Result<Self> {
        Self::start_within(Limits::USUAL, path, group, asked)
    }

    pub(super) fn start_within(
        limits: Limits,
        path: &Path,
        group: Option<&Group>,
        asked: mpsc::Sender<PendingRequest>,
    ) -> io::Result<Self> {
        let (file, listener) = SocketFile::listen(path)?;
        let listener = UnixListener::from_std(listener)?;
        let admission = Rc::new(Admission {
            own: rustix::process::geteuid().as_raw(),
            group: Cell::new(false),
        });
        let stream = Stream::default();
        let seats = Seats {
            limits,
            asked,
            stream: stream.clone(),
        };
        let task = tokio::task::spawn_local(serve(listener, seats, Rc::clone(&admission)));
        let server = Self {
            file,
            admission,
            stream,
            task,
        };
        server.admit(group)?;
        Ok(server)
    }

    /// Whether anybody follows events.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.stream.followers() > 0
    }

    /// Tells whoever follows events.
    pub fn say(&self, news: &News) {
        self.stream.say(news);
    }

    /// Says goodbye to whoever follows events, and waits a moment for them to hear it.
    pub async fn end(self) {
        self.stream.end().await;
    }

    /// Lets a group connect from now on; `None`: nobody but root and the daemon's own user.
    ///
    /// # Errors
    ///
    /// The file cannot be given to the group; then nobody but root may connect.
    pub fn admit(&self, group: Option<&Group>) -> io::Result<()> {
        self.admission.group.set(false);
        self.file.admit(group)?;
        self.admission.group.set(group.is_some());
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Admission {
    fn admits(&self, user: u32) -> bool {
        user == 0 || user == self.own || self.group.get()
    }
}

/// What each client has to do with.
#[derive(Debug, Clone)]
struct Seats {
    limits: Limits,
    asked: mpsc::Sender<PendingRequest>,
    stream: Stream,
}

async fn serve(listener: UnixListener, seats: Seats, admission: Rc<Admission>) {
    let mut clients = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = clients.join_next() => continue,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                debug!("control socket: {error}");
                sleep(RECOVERY).await;
                continue;
            }
        };
        match admit(&stream, &admission).and_then(|()| seats.limits.seat(clients.len())) {
            Ok(()) => drop(clients.spawn_local(attend(stream, seats.clone()))),
            Err(fault) => send_away(stream, fault),
        }
    }
}

fn admit(stream: &UnixStream, admission: &Admission) -> Result<(), Fault> {
    let user = stream.peer_cred().map(|peer| peer.uid());
    if !user.is_ok_and(|user| admission.admits(user)) {
        let message = "only root and the group of control-group may command macveil";
        return Err(Fault::new(FaultKind::NotAllowed, message));
    }
    Ok(())
}

impl Limits {
    /// Whether there is a seat for one more.
    fn seat(self, taken: usize) -> Result<(), Fault> {
        if taken < self.clients {
            return Ok(());
        }
        let message = format!("{taken} clients are connected already");
        Err(Fault::new(FaultKind::TooManyClients, message))
    }
}

/// Says why, without waiting for anything.
fn send_away(stream: UnixStream, fault: Fault) {
    use io::Write;
    let line = line_of(&Reply::Fault(fault));
    let told = stream
        .into_std()
        .and_then(|mut stream: StdStream| stream.write_all(&line));
    if let Err(error) = told {
        debug!("control socket: {error}");
    }
}

async fn attend(mut stream: UnixStream, seats: Seats) {
    let limits = seats.limits;
    let mut lines = Lines::new();
    while let Ok(Some(line)) = timeout(limits.patience, next_line(&mut stream, &mut lines)).await {
        let is_last = line == Err(TooLong);
        // Listening begins before the answer: nothing falls in between.
        let request = read(line).and_then(|request| seats.follow(request));
        let (reply, follower) = match request {
            Ok((request, follower)) => (ask(request, &seats.asked).await, follower),
            Err(fault) => (Reply::Fault(fault), None),
        };
        let follows = matches!(reply, Reply::Events(_));
        let fetched = timeout(limits.fetching, stream.write_all(&line_of(&reply))).await;
        if is_last || !matches!(fetched, Ok(Ok(()))) {
            return;
        }
        if let Some(follower) = follower.filter(|_| follows) {
            return follower.relay(&mut stream).await;
        }
    }
}

/// `None` when the client has nothing more to say.
async fn next_line(stream: &mut UnixStream, lines: &mut Lines) -> Option<Result<Vec<u8>, TooLong>> {
    loop {
        if let Some(line) = lines.take().transpose() {
            return Some(line);
        }
        stream.readable().await.ok()?;
        match stream.try_read(lines.room()) {
            Ok(0) => return lines.take_rest().map(Ok),
            Ok(count) => lines.add(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

fn read(line: Result<Vec<u8>, TooLong>) -> Result<Request, Fault> {
    let line = line.map_err(|TooLong| {
        let message = format!("a request has at most {LONGEST_REQUEST} bytes");
        Fault::new(FaultKind::TooLong, message)
    })?;
    Request::read(&line)
}

impl Seats {
    /// With an ear for what happens, if that is asked for.
    fn follow(&self, request: Request) -> Result<(Request, Option<Follower>), Fault> {
        let Request::Events { interface } = &request else {
            return Ok((request, None));
        };
        let followers = self.stream.followers();
        if followers >= self.limits.followers {
            let message = format!("{followers} clients follow events already");
            return Err(Fault::new(FaultKind::TooManyClients, message));
        }
        let follower = self.stream.follow(interface.clone());
        Ok((request, Some(follower)))
    }
}

async fn ask(request: Request, asked: &mpsc::Sender<PendingRequest>) -> Reply {
    let (answer, answered) = oneshot::channel();
    // Whether or not it could be sent: if nobody listens, nobody answers.
    let _ = asked.send(PendingRequest { request, answer }).await;
    answered
        .await
        .unwrap_or_else(|_| Reply::Fault(Fault::new(FaultKind::Leaving, "macveil is ending")))
}

fn line_of(reply: &Reply) -> Vec<u8> {
    let mut line = reply.to_line();
    line.push('\n');
    line.into_bytes()
}
