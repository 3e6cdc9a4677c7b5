//! Which rivals run, as the system bus says: it tells of a program before that touches an interface, and
//! of its end.
//!
//! Names of processes would not do: every user can call one as he likes, and have macveil let go.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::unix::pipe::Receiver;
use tokio::select;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::network_manager::NOTES;
use super::word::Word;
use super::{Rival, Running};
use crate::platform::dbus::{BUS, Call, Connection, SYSTEM_BUS};
use crate::platform::socket_watcher::{Presence, Sight, directory_changed, watch_directory};

/// After a conversation that failed, as with a bus that is about to listen; each pause is twice the last.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// Answers before the first about a rival: to `Hello`, and to `AddMatch` for each.
const PREAMBLE: usize = 1 + Rival::ALL.len();

/// Listens for rivals.
pub struct Watch {
    root: PathBuf,
    presence: Presence,
    bus: Option<Bus>,
    /// Something has to be told that nobody has heard yet.
    news: bool,
    running: Running,
    pause: Duration,
    /// The end of the pause.
    resume: Instant,
}

/// A conversation with the bus.
struct Bus {
    connection: Connection,
    answers: usize,
    /// BackendEvent by inotify while `NetworkManager` runs; no pipe, but read like one.
    notes: Option<Receiver>,
}

impl Watch {
    /// Listens on the system bus, which need not be there yet. `root` is `/` but in tests.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self {
            presence: Presence::new(root.join(SYSTEM_BUS)),
            root,
            bus: None,
            news: true,
            running: Running::default(),
            pause: Duration::ZERO,
            resume: Instant::now(),
        }
    }

    /// Tells at once which rivals run, and again whenever that or what `NetworkManager` notes changes.
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Running {
        loop {
            let Some(bus) = &mut self.bus else {
                if self.meet().await {
                    return self.running;
                }
                continue;
            };
            match bus.listen(&self.root, &mut self.running).await {
                Ok(false) => {}
                Ok(true) => {
                    self.pause = Duration::ZERO;
                    self.news = false;
                    return self.running;
                }
                // What was known last holds until the next conversation.
                Err(error) => self.part(&error),
            }
        }
    }

    /// Begins a conversation as soon as there is somebody to talk to; true if there is news before.
    async fn meet(&mut self) -> bool {
        sleep_until(self.resume).await;
        if !matches!(self.presence.look(), Sight::Socket(_)) {
            // None of the rivals can work without it.
            self.news |= self.running != Running::default();
            self.running = Running::default();
            if std::mem::take(&mut self.news) {
                return true;
            }
            self.presence.changed().await;
            return false;
        }
        match Bus::greet(self.presence.socket()) {
            Ok(bus) => self.bus = Some(bus),
            Err(error) => {
                self.part(&error);
                // Left over from a bus that is gone: there is nobody to wait for.
                let left_over = error.kind() == io::ErrorKind::ConnectionRefused;
                return left_over && std::mem::take(&mut self.news);
            }
        }
        false
    }

    fn part(&mut self, error: &io::Error) {
        debug!("the system bus: {error}");
        self.bus = None;
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.resume = Instant::now() + self.pause;
    }
}

impl Bus {
    /// Says who we are, and asks everything that is to be asked. Changes are subscribed to before it is
    /// asked how things are.
    fn greet(socket: &Path) -> io::Result<Self> {
        let mut connection = Connection::open(socket)?;
        for rival in Rival::ALL {
            let name = rival.bus_name();
            let rule =
                format!("type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{name}'");
            connection.call(&Call::to_bus("AddMatch", Some(&rule)));
        }
        for rival in Rival::ALL {
            connection.call(&Call::to_bus("NameHasOwner", Some(rival.bus_name())));
        }
        connection.flush()?;
        Ok(Self {
            connection,
            answers: 0,
            notes: None,
        })
    }

    /// Waits, and takes what there is; true if there is something to tell.
    async fn listen(&mut self, root: &Path, running: &mut Running) -> io::Result<bool> {
        let message = select! {
            message = self.connection.next() => message?,
            () = directory_changed(self.notes.as_ref()) => return Ok(true),
        };
        let news = self.heed(Word::of(&message), running);
        if news {
            let watched = running.has(Rival::NetworkManager);
            let notes = || watch_directory(&root.join(NOTES)).ok();
            self.notes = watched.then(notes).flatten();
        }
        Ok(news && self.answers == PREAMBLE + Rival::ALL.len())
    }

    /// True if it was about a rival.
    fn heed(&mut self, word: Word, running: &mut Running) -> bool {
        let (rival, runs) = match word {
            Word::Answer(truth) => {
                let about = self.answers.checked_sub(PREAMBLE);
                self.answers += 1;
                (about.and_then(|number| Rival::ALL.get(number)), truth)
            }
            Word::Owned(name, owned) => {
                let mut all = Rival::ALL.iter();
                (all.find(|rival| rival.bus_name() == name), owned)
            }
            Word::Other => (None, false),
        };
        if let Some(&rival) = rival {
            running.set(rival, runs);
        }
        rival.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs;
    use std::rc::Rc;

    use tempfile::TempDir;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{UnixListener, UnixStream};
    use tokio::time::timeout;

    use super::*;
    use crate::platform::dbus::testing::{Body, answer, signal};

    fn verdict(truth: u32) -> Vec<u8> {
        answer(BUS, 2, &truth.to_ne_bytes())
    }

    fn change(name: &str, owner: &str) -> Vec<u8> {
        let body = Body::default().text(name).text("").text(owner);
        let path = "/org/freedesktop/DBus";
        signal(BUS, path, BUS, "NameOwnerChanged", &body.bytes())
    }

    /// A bus on which these rivals are at first, up to the end of its first words.
    async fn meet(listener: &UnixListener, there: [bool; 3]) -> UnixStream {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut said = [0; 4096];
        let count = client.read(&mut said).await.unwrap();
        let greeting = String::from_utf8_lossy(&said[..count]).into_owned();
        assert!(greeting.starts_with("\0AUTH EXTERNAL 3"), "{greeting:?}");
        assert!(greeting.ends_with("net.connman.iwd\0"), "{greeting:?}");
        client.write_all(b"OK 0123456789abcdef\r\n").await.unwrap();
        for truth in [false; 4].into_iter().chain(there) {
            client.write_all(&verdict(truth.into())).await.unwrap();
        }
        client
    }

    fn running(rivals: &[Rival]) -> Running {
        let mut running = Running::default();
        for rival in rivals {
            running.set(*rival, true);
        }
        running
    }

    /// Plays a bus while `watch` listens to it, which tells what it hears.
    fn beside<F: Future<Output = ()>>(play: impl FnOnce(TempDir, Rc<RefCell<Vec<Running>>>) -> F) {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("run/dbus")).unwrap();
        let heard = Rc::new(RefCell::new(Vec::new()));
        let tell = {
            let heard = Rc::clone(&heard);
            move |running| heard.borrow_mut().push(running)
        };
        tokio.block_on(async {
            let mut watch = Watch::new(root.path().to_owned());
            let watching = async {
                loop {
                    tell(watch.next().await);
                }
            };
            let test = timeout(Duration::from_secs(10), play(root, heard));
            select! {
                _ = watching => {}
                outcome = test => outcome.expect("it was told in time"),
            }
        });
    }

    async fn until(heard: &RefCell<Vec<Running>>, expected: &[Running]) {
        while heard.borrow().as_slice() != expected {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    #[test]
    fn a_bus_that_comes_later_is_asked_and_listened_to() {
        beside(|root, heard| async move {
            let nobody = Running::default();
            until(&heard, &[nobody]).await;
            let listener = UnixListener::bind(root.path().join(SYSTEM_BUS)).unwrap();
            let mut bus = meet(&listener, [false, false, true]).await;
            let iwd = running(&[Rival::Iwd]);
            until(&heard, &[nobody, iwd]).await;
            let both = running(&[Rival::ConnMan, Rival::Iwd]);
            bus.write_all(&change("org.example", ":1.5")).await.unwrap();
            bus.write_all(&change("net.connman", ":1.6")).await.unwrap();
            until(&heard, &[nobody, iwd, both]).await;
            bus.write_all(&change("net.connman.iwd", "")).await.unwrap();
            let connman = running(&[Rival::ConnMan]);
            until(&heard, &[nobody, iwd, both, connman]).await;
            // Gone without a word: what is known stays so until the next conversation.
            drop(bus);
            let _bus = meet(&listener, [true, false, false]).await;
            let manager = running(&[Rival::NetworkManager]);
            until(&heard, &[nobody, iwd, both, connman, manager]).await;
        });
    }

    #[test]
    fn a_socket_that_a_bus_has_left_is_not_waited_for() {
        beside(|root, heard| async move {
            let path = root.path().join(SYSTEM_BUS);
            drop(UnixListener::bind(&path).unwrap());
            until(&heard, &[Running::default()]).await;
            fs::remove_file(&path).unwrap();
            let listener = UnixListener::bind(&path).unwrap();
            let _bus = meet(&listener, [false, false, true]).await;
            until(&heard, &[Running::default(), running(&[Rival::Iwd])]).await;
        });
    }

    #[test]
    fn a_note_that_is_written_anew_is_told_while_network_manager_runs() {
        beside(|root, heard| async move {
            let directory = root.path().join(NOTES);
            fs::create_dir_all(&directory).unwrap();
            let listener = UnixListener::bind(root.path().join(SYSTEM_BUS)).unwrap();
            let mut bus = meet(&listener, [true, false, false]).await;
            let manager = running(&[Rival::NetworkManager]);
            until(&heard, &[manager]).await;
            for _ in 0..2 {
                heard.borrow_mut().clear();
                fs::write(root.path().join("new"), "[device]\nmanaged=true\n").unwrap();
                fs::rename(root.path().join("new"), directory.join("3")).unwrap();
                until(&heard, &[manager]).await;
            }
            let gone = change("org.freedesktop.NetworkManager", "");
            bus.write_all(&gone).await.unwrap();
            until(&heard, &[manager, Running::default()]).await;
            fs::remove_file(directory.join("3")).unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(heard.borrow().len(), 2);
        });
    }
}
