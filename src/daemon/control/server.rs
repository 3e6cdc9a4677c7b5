//! The server: few clients at a time, each with limits of memory and time.

use std::cell::{Cell, RefCell};
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

use super::socket::SocketFile;
use super::stream::{Follower, Stream};
use crate::protocol::{
    Answer, EventLine, Fault, FaultKind, Lines, MAX_REQUEST, Reply, Request, TooLong,
    answer_to_line,
};

/// Limits for clients.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The maximum number of clients.
    pub(super) clients: usize,
    /// Of these, clients of users other than root and the daemon's own.
    pub(super) others: usize,
    /// The same, of one user.
    pub(super) of_one_user: usize,
    /// The maximum number of clients that follow events.
    pub(super) followers: usize,
    /// Of these, clients of users other than root and the daemon's own.
    pub(super) other_followers: usize,
    /// For a client to send a complete request.
    pub(super) request_timeout: Duration,
    /// For a client to read a reply.
    pub(super) reply_timeout: Duration,
}

impl Limits {
    pub(super) const USUAL: Self = Self {
        clients: 8,
        others: 6,
        of_one_user: 4,
        followers: 4,
        other_followers: 3,
        request_timeout: Duration::from_secs(30),
        reply_timeout: Duration::from_secs(5),
    };
}

/// Before the next client is accepted, when there are no descriptors left.
const ACCEPT_RETRY: Duration = Duration::from_secs(1);

/// A request that waits for its answer.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    /// The request.
    pub(crate) request: Request,
    /// The receiver is gone if the client has disconnected.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// The server; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    file: SocketFile,
    admission: Rc<Admission>,
    stream: Stream,
    task: JoinHandle<()>,
}

/// Which clients are accepted, with root and the daemon's own user.
#[derive(Debug)]
struct Admission {
    own: u32,
    /// Members of a group. The kernel checks them against the socket's file when they connect.
    group: Cell<bool>,
}

impl Server {
    /// Listens at a path; requests go to `requests`. Must be called within a `LocalSet`.
    ///
    /// # Errors
    ///
    /// The socket cannot be created or given to the group.
    pub(crate) fn start(
        path: &Path,
        group: Option<u32>,
        requests: mpsc::Sender<PendingRequest>,
    ) -> io::Result<Self> {
        Self::start_within(Limits::USUAL, path, group, requests)
    }

    pub(super) fn start_within(
        limits: Limits,
        path: &Path,
        group: Option<u32>,
        requests: mpsc::Sender<PendingRequest>,
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
            requests,
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

    /// Whether a client follows events.
    #[must_use]
    pub(crate) fn is_followed(&self) -> bool {
        self.stream.followers() > 0
    }

    /// Sends an event to the clients that follow events.
    pub(crate) fn send(&self, event: EventLine) {
        self.stream.send(event);
    }

    /// Tells clients that follow events about the end, and waits a moment until they have read it.
    pub(crate) async fn end(self) {
        self.stream.end().await;
    }

    /// Accepts a group from now on; `None`: only root and the daemon's own user.
    ///
    /// # Errors
    ///
    /// The file cannot be given to the group; then only root can connect.
    pub(crate) fn admit(&self, group: Option<u32>) -> io::Result<()> {
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

/// The part of the server that each client uses.
#[derive(Debug, Clone)]
struct Seats {
    limits: Limits,
    requests: mpsc::Sender<PendingRequest>,
    stream: Stream,
}

async fn serve(listener: UnixListener, seats: Seats, admission: Rc<Admission>) {
    let mut clients = JoinSet::new();
    let taken = Taken::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = clients.join_next() => continue,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                debug!("control socket: {error}");
                sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        let seat = admit(&stream, &admission).and_then(|user| taken.seat(seats.limits, user));
        match seat {
            Ok(seat) => drop(clients.spawn_local(attend(stream, seats.clone(), seat))),
            Err(fault) => send_away(stream, fault),
        }
    }
}

/// The user of a client, if this user is accepted; `None`: root or the daemon's own.
fn admit(stream: &UnixStream, admission: &Admission) -> Result<Option<u32>, Fault> {
    match stream.peer_cred().map(|peer| peer.uid()) {
        Ok(user) if user == 0 || user == admission.own => Ok(None),
        Ok(user) if admission.admits(user) => Ok(Some(user)),
        _ => {
            let message = "only root and members of control-group can use the control socket";
            Err(Fault::new(FaultKind::NotAllowed, message))
        }
    }
}

/// The users of the clients that are connected; `None`: root or the daemon's own.
#[derive(Debug, Clone, Default)]
struct Taken(Rc<RefCell<Vec<Option<u32>>>>);

/// The place of one client, free again when dropped.
#[derive(Debug)]
struct Seat {
    taken: Taken,
    user: Option<u32>,
}

impl Taken {
    /// A place for another client. Other users leave some to root.
    fn seat(&self, limits: Limits, user: Option<u32>) -> Result<Seat, Fault> {
        let mut taken = self.0.borrow_mut();
        let count = |of: &dyn Fn(&Option<u32>) -> bool| taken.iter().filter(|it| of(it)).count();
        let is_full = taken.len() >= limits.clients
            || user.is_some()
                && (count(&Option::is_some) >= limits.others
                    || count(&|it| *it == user) >= limits.of_one_user);
        if is_full {
            let message = match user {
                None => format!("the maximum of {} clients is connected", limits.clients),
                Some(_) => format!(
                    "the maximum of clients is connected: {} of one user, {} of all but root",
                    limits.of_one_user, limits.others
                ),
            };
            return Err(Fault::new(FaultKind::TooManyClients, message));
        }
        taken.push(user);
        let taken = self.clone();
        Ok(Seat { taken, user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.0.borrow_mut();
        if let Some(place) = taken.iter().position(|user| *user == self.user) {
            taken.swap_remove(place);
        }
    }
}

/// Sends the reason without waiting.
fn send_away(stream: UnixStream, fault: Fault) {
    use io::Write;
    let line = line_of(&Err(fault));
    let told = stream
        .into_std()
        .and_then(|mut stream: StdStream| stream.write_all(&line));
    if let Err(error) = told {
        debug!("control socket: {error}");
    }
}

async fn attend(mut stream: UnixStream, seats: Seats, seat: Seat) {
    let limits = seats.limits;
    let mut lines = Lines::new();
    while let Ok(Some(line)) =
        timeout(limits.request_timeout, next_line(&mut stream, &mut lines)).await
    {
        let is_last = line == Err(TooLong);
        // Following begins before the answer, so that no event is lost between.
        let request = read(line).and_then(|request| seats.follow(request, &seat));
        let (reply, follower) = match request {
            Ok((request, follower)) => (ask(request, &seats.requests).await, follower),
            Err(fault) => (Err(fault), None),
        };
        let follows = matches!(reply, Ok(Reply::Events { .. }));
        let fetched = timeout(limits.reply_timeout, stream.write_all(&line_of(&reply))).await;
        if is_last || !matches!(fetched, Ok(Ok(()))) {
            return;
        }
        if let Some(follower) = follower.filter(|_| follows) {
            return follower.relay(&mut stream).await;
        }
    }
}

/// `None` when the client has ended.
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
        let message = format!("a request has a maximum of {MAX_REQUEST} bytes");
        Fault::new(FaultKind::TooLong, message)
    })?;
    Request::read(&line)
}

impl Seats {
    /// Follows events, if the request is for them.
    fn follow(&self, request: Request, seat: &Seat) -> Result<(Request, Option<Follower>), Fault> {
        let Request::Events { interface } = &request else {
            return Ok((request, None));
        };
        let followers = self.stream.followers();
        let most = match seat.user {
            None => self.limits.followers,
            Some(_) => self.limits.other_followers,
        };
        if followers >= most {
            let message = format!("the maximum of {followers} clients follows events");
            return Err(Fault::new(FaultKind::TooManyClients, message));
        }
        let follower = self.stream.follow(interface.clone());
        Ok((request, Some(follower)))
    }
}

async fn ask(request: Request, requests: &mpsc::Sender<PendingRequest>) -> Answer {
    let (answer, answered) = oneshot::channel();
    // If the daemon is gone, the answer fails as well.
    let _ = requests.send(PendingRequest { request, answer }).await;
    answered.await.unwrap_or_else(|_| {
        Err(Fault::new(
            FaultKind::ShuttingDown,
            "macveil is shutting down",
        ))
    })
}

fn line_of(answer: &Answer) -> Vec<u8> {
    let mut line = answer_to_line(answer);
    line.push('\n');
    line.into_bytes()
}
