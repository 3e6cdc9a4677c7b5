//! Asks macveil again and again how a card is doing, follows its events, and has the kernel say with the
//! time what becomes of the link: all of it is handed out to be compared.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use super::process::run_words;
use super::record::now;
use super::status::{flag, of_interface, value};
use macveil_testkit::record::Micros;

pub const SOCKET: &str = "/run/macveil/control";
/// Often within the time in which a change has to be told.
const PAUSE: Duration = Duration::from_millis(20);
/// A reader who waits longer looks whether it is over.
const PATIENCE: Duration = Duration::from_millis(200);

pub struct Witness {
    folder: PathBuf,
    monitor: Child,
    listener: Option<JoinHandle<String>>,
    /// The link as it was at the beginning.
    before: String,
    over: Arc<AtomicBool>,
    readers: Vec<JoinHandle<String>>,
}

impl Witness {
    pub fn start(interface: &str, folder: &Path) -> Result<Self, String> {
        let mut monitor = Command::new("ip")
            .args(["-o", "monitor", "link", "dev", interface])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("ip: {e}"))?;
        let said = monitor.stdout.take().ok_or("ip says nothing")?;
        let listener = Some(spawn(move || stamped(said)));
        // It says what changes; before that comes what is.
        sleep(PATIENCE);
        let link = run_words(&format!("ip -o link show dev {interface}"))?;
        let before = format!("{} {}\n", now(), link.trim_end());
        let over = Arc::new(AtomicBool::new(false));
        let readers = [ask as fn(&str, &AtomicBool) -> String, follow].map(|read| {
            let (interface, over) = (interface.to_owned(), Arc::clone(&over));
            spawn(move || read(&interface, &over))
        });
        Ok(Self {
            folder: folder.to_owned(),
            monitor,
            listener,
            before,
            over,
            readers: readers.into(),
        })
    }

    pub fn finish(mut self) -> Result<(), String> {
        self.over.store(true, Ordering::Relaxed);
        let mut lines = String::new();
        for reader in self.readers.drain(..) {
            lines += &reader.join().map_err(|_| "a reader of the status broke")?;
        }
        self.monitor.kill().map_err(|e| e.to_string())?;
        self.monitor.wait().map_err(|e| e.to_string())?;
        let listener = self.listener.take().ok_or("it has ended")?;
        let changes = listener.join().map_err(|_| "the kernel's witness broke")?;
        let write = |name: &str, text: String| {
            fs::write(self.folder.join(name), text).map_err(|e| e.to_string())
        };
        write("links", format!("{}{changes}", self.before))?;
        write("told", lines)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // An error means that it has ended already.
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

/// The lines of a monitor with the times at which they came.
fn stamped(said: ChildStdout) -> String {
    let mut lines = String::new();
    for line in BufReader::new(said).lines().map_while(Result::ok) {
        let _ = writeln!(lines, "{} {line}", now());
    }
    lines
}

/// Answers to requests, as long as the daemon answers.
fn ask(interface: &str, over: &AtomicBool) -> String {
    let mut lines = String::new();
    let mut connection: Option<BufReader<UnixStream>> = None;
    while !over.load(Ordering::Relaxed) {
        sleep(PAUSE);
        let Some(mut reader) = connection.take().or_else(connect) else {
            continue;
        };
        let asked = now();
        if reader
            .get_mut()
            .write_all(b"{\"request\":\"status\"}\n")
            .is_err()
        {
            continue;
        }
        let mut answer = String::new();
        if reader.read_line(&mut answer).is_ok_and(|count| count > 0) {
            note(&mut lines, "answer", asked, interface, &answer);
            connection = Some(reader);
        }
    }
    lines
}

/// What is told without being asked.
fn follow(interface: &str, over: &AtomicBool) -> String {
    let mut lines = String::new();
    while !over.load(Ordering::Relaxed) {
        let Some(mut reader) = connect() else {
            sleep(PAUSE);
            continue;
        };
        let request = b"{\"request\":\"events\"}\n";
        if reader.get_mut().write_all(request).is_err() {
            continue;
        }
        let mut line = String::new();
        while !over.load(Ordering::Relaxed) {
            match reader.read_line(&mut line) {
                Ok(0) => break,
                Ok(_) if line.contains("\"address_kind\"") => {
                    note(&mut lines, "event", now(), interface, &line);
                    line.clear();
                }
                Ok(_) => line.clear(),
                // Part of a line may have come.
                Err(_) => {}
            }
        }
    }
    lines
}

fn connect() -> Option<BufReader<UnixStream>> {
    let stream = UnixStream::connect(SOCKET).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    Some(BufReader::new(stream))
}

fn note(lines: &mut String, how: &str, asked: Micros, interface: &str, json: &str) {
    let answered = now();
    let Some(status) = of_interface(json, interface) else {
        return;
    };
    let word = |key| value(status, key).unwrap_or("-");
    let (address, kind, state) = (word("address"), word("address_kind"), word("state"));
    let (up, permanent) = (flag(status, "up"), flag(status, "permanent"));
    let _ = writeln!(
        lines,
        "{asked} {answered} {how} {address} {kind} {state} {up} {permanent}"
    );
}
