//! A daemon that says what it was told to say, for the tests of commands.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use tempfile::TempDir;

use super::{News, Reply, Request};

/// Expects requests of one client, in this order.
#[derive(Debug)]
pub(crate) struct FakeDaemon {
    directory: TempDir,
    script: JoinHandle<()>,
}

impl FakeDaemon {
    pub(crate) fn start(script: Vec<(Request, Reply)>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("control")).unwrap();
        let script = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            for (request, reply) in script {
                let line = lines.next().expect("one more request").unwrap();
                assert_eq!(Request::read(line.as_bytes()), Ok(request));
                writeln!(stream, "{}", reply.to_line()).unwrap();
            }
            assert!(lines.next().is_none(), "nothing more");
        });
        Self { directory, script }
    }

    /// One that is followed, tells what happens, each as soon as it was fetched, and goes.
    pub(crate) fn telling(request: Request, reply: Reply, told: &[News]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("control")).unwrap();
        let lines: Vec<_> = told.iter().map(|news| news.to_line(0)).collect();
        let script = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let asked = BufReader::new(stream.try_clone().unwrap()).lines().next();
            let asked = asked.expect("a request").unwrap();
            assert_eq!(Request::read(asked.as_bytes()), Ok(request));
            writeln!(stream, "{}", reply.to_line()).unwrap();
            for line in lines {
                // Changes at the same moment are told as one.
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

    /// It was asked all that it expected, and no more.
    pub(crate) fn finish(self) {
        self.script.join().unwrap();
    }
}
