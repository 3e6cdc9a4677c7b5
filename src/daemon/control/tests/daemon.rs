//! A daemon without a card, for clients to try.

use std::fs;
use std::future::Future;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

use crate::daemon::control::server::Limits;
use crate::daemon::control::{PendingRequest, Server};
use crate::platform::Group;
use crate::protocol::{Client, ClientError, Reply, Request};

/// Nothing takes longer, unless it never ends.
pub(super) const LIMIT: Duration = Duration::from_secs(10);

/// A daemon that answers every `reload` with the files it was given.
pub(super) struct Daemon {
    pub(super) directory: TempDir,
    pub(super) path: PathBuf,
    end: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<usize>>,
}

impl Daemon {
    pub(super) fn start(group: Option<Group>) -> Self {
        Self::start_within(Limits::USUAL, group)
    }

    pub(super) fn start_within(limits: Limits, group: Option<Group>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = directory.path().join("control");
        let (end, ended) = oneshot::channel();
        let (ready, wait) = std::sync::mpsc::channel();
        let thread = thread::spawn({
            let path = path.clone();
            move || local(answer_until(path, limits, group, ended, ready))
        });
        wait.recv_timeout(LIMIT).unwrap();
        Self {
            directory,
            path,
            end: Some(end),
            thread: Some(thread),
        }
    }

    pub(super) fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.path).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream
    }

    pub(super) fn ask(&self) -> Result<Reply, ClientError> {
        Client::connect(&self.path)?.ask(&Request::Reload)
    }

    /// Asks until a seat that was given up is free again.
    pub(super) fn serves(&self) -> bool {
        let begun = Instant::now();
        loop {
            match self.ask() {
                Ok(reply) => return reply == answer(),
                Err(_) if begun.elapsed() < LIMIT => thread::sleep(Duration::from_millis(10)),
                Err(_) => return false,
            }
        }
    }

    /// Ends it; how many requests came through.
    pub(super) fn stop(mut self) -> usize {
        drop(self.end.take());
        self.thread.take().unwrap().join().unwrap()
    }
}

pub(super) fn answer() -> Reply {
    Reply::Reloaded {
        files: vec!["/a".to_owned()],
        warnings: Vec::new(),
    }
}

pub(super) fn local<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

async fn answer_until(
    path: PathBuf,
    limits: Limits,
    group: Option<Group>,
    mut ended: oneshot::Receiver<()>,
    ready: std::sync::mpsc::Sender<()>,
) -> usize {
    let (sender, mut asked) = mpsc::channel(1);
    let _server = Server::start_within(limits, &path, group.map(|group| group.id), sender).unwrap();
    ready.send(()).unwrap();
    let mut count = 0;
    loop {
        tokio::select! {
            _ = &mut ended => return count,
            Some(PendingRequest { answer: to, .. }) = asked.recv() => {
                count += 1;
                let _ = to.send(Ok(answer()));
            }
        }
    }
}

pub(super) fn reply_line(stream: &mut UnixStream) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).unwrap() == 1 && byte != [b'\n'] {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

pub(super) fn is_closed(stream: &mut UnixStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    }
}

pub(super) const RELOAD: &[u8] = b"{\"request\":\"reload\"}\n";
