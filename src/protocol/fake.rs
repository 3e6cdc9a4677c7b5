//! A daemon with scripted answers, for the tests of commands.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use tempfile::TempDir;

use super::{Answer, EventLine, Reply, Request, answer_to_line};

/// Expects requests of one client in order.
#[derive(Debug)]
pub(crate) struct FakeDaemon {
    directory: TempDir,
    script: JoinHandle<()>,
}

impl FakeDaemon {
    pub(crate) fn start(script: Vec<(Request, Reply)>) -> Self {
        let script = script.into_iter();
        Self::answering(
            script
                .map(|(request, reply)| (request, Ok(reply)))
                .collect(),
        )
    }

    pub(crate) fn answering(script: Vec<(Request, Answer)>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("control")).unwrap();
        let script = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            for (request, answer) in script {
                let line = lines.next().expect("another request").unwrap();
                assert_eq!(Request::read(line.as_bytes()), Ok(request));
                writeln!(stream, "{}", answer_to_line(&answer)).unwrap();
            }
            assert!(lines.next().is_none(), "no more requests");
        });
        Self { directory, script }
    }

    /// Sends events after its reply, and ends.
    pub(crate) fn with_events(request: Request, reply: Reply, events: &[EventLine]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("control")).unwrap();
        let lines: Vec<_> = events.iter().map(EventLine::to_line).collect();
        let script = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let line = BufReader::new(stream.try_clone().unwrap()).lines().next();
            let line = line.expect("a request").unwrap();
            assert_eq!(Request::read(line.as_bytes()), Ok(request));
            writeln!(stream, "{}", reply.to_line()).unwrap();
            for line in lines {
                // The client combines changes at the same moment.
                sleep(Duration::from_millis(100));
                writeln!(stream, "{line}").unwrap();
            }
        });
        Self { directory, script }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        let directory: &Path = self.directory.path();
        directory.join("control")
    }

    /// Checks that all requests came, and no others.
    pub(crate) fn finish(self) {
        self.script.join().unwrap();
    }
}
