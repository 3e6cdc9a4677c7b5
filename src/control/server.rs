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
use super::{Fault, FaultKind, Group, LONGEST_REQUEST, Reply, Request};

/// How far a client may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// As many may be connected at once.
    pub(super) clients: usize,
    /// One may keep its seat for so long without a complete request.
    pub(super) patience: Duration,
    /// It may take so long to fetch a reply.
    pub(super) fetching: Duration,
}

impl Limits {
    pub(super) const USUAL: Self = Self {
        clients: 8,
        patience: Duration::from_secs(30),
        fetching: Duration::from_secs(5),
    };
}

/// Until the next client is looked at when there are no descriptors left.
const RECOVERY: Duration = Duration::from_secs(1);

/// A request with the way back for its reply.
#[derive(Debug)]
pub struct Asked {
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
        asked: mpsc::Sender<Asked>,
    ) -> io::Result<Self> {
        Self::start_within(Limits::USUAL, path, group, asked)
    }

    pub(super) fn start_within(
        limits: Limits,
        path: &Path,
        group: Option<&Group>,
        asked: mpsc::Sender<Asked>,
    ) -> io::Result<Self> {
        let (file, listener) = SocketFile::listen(path)?;
        let listener = UnixListener::from_std(listener)?;
        let admission = Rc::new(Admission {
            own: rustix::process::geteuid().as_raw(),
            group: Cell::new(false),
        });
        let task = tokio::task::spawn_local(serve(listener, limits, asked, Rc::clone(&admission)));
        let server = Self {
            file,
            admission,
            task,
        };
        server.admit(group)?;
        Ok(server)
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

async fn serve(
    listener: UnixListener,
    limits: Limits,
    asked: mpsc::Sender<Asked>,
    admission: Rc<Admission>,
) {
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
        match admit(&stream, &admission).and_then(|()| limits.seat(clients.len())) {
            Ok(()) => drop(clients.spawn_local(attend(stream, limits, asked.clone()))),
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

async fn attend(mut stream: UnixStream, limits: Limits, asked: mpsc::Sender<Asked>) {
    let mut lines = Lines::new();
    while let Ok(Some(line)) = timeout(limits.patience, next_line(&mut stream, &mut lines)).await {
        let is_last = line == Err(TooLong);
        let reply = line_of(&reply(line, &asked).await);
        let fetched = timeout(limits.fetching, stream.write_all(&reply)).await;
        if is_last || !matches!(fetched, Ok(Ok(()))) {
            return;
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

async fn reply(line: Result<Vec<u8>, TooLong>, asked: &mpsc::Sender<Asked>) -> Reply {
    let request = line
        .map_err(|TooLong| {
            let message = format!("a request has at most {LONGEST_REQUEST} bytes");
            Fault::new(FaultKind::TooLong, message)
        })
        .and_then(|line| Request::read(&line));
    match request {
        Ok(request) => ask(request, asked).await,
        Err(fault) => Reply::Fault(fault),
    }
}

async fn ask(request: Request, asked: &mpsc::Sender<Asked>) -> Reply {
    let (answer, answered) = oneshot::channel();
    // Whether or not it could be sent: if nobody listens, nobody answers.
    let _ = asked.send(Asked { request, answer }).await;
    answered
        .await
        .unwrap_or_else(|_| Reply::Fault(Fault::new(FaultKind::Leaving, "macveil is ending")))
}

fn line_of(reply: &Reply) -> Vec<u8> {
    let mut line = reply.to_line();
    line.push('\n');
    line.into_bytes()
}
