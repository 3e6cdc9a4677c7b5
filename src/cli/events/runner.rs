//! Follows the daemon and runs programs, one at a time for each interface. This is the client's process: the daemon
//! never waits for it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::change::{Snapshot, Told};
use super::{Args, programs};
use crate::cli::failure::{Failure, with_causes};
use crate::config;
use crate::protocol::{ClientError, EventKind, EventLine, Reply, Request, Status};

/// Until the next attempt to reach a daemon.
const PAUSE: Duration = Duration::from_secs(1);

/// Why the daemon is no longer followed.
enum End {
    /// Lines were left out, so the status is read again.
    Missed,
    /// The daemon has ended, or does not answer.
    Over(ClientError),
}

/// Runs programs until interrupted.
///
/// # Errors
///
/// There is nothing to run, this user has no permission, or the daemon is of another version.
pub(super) fn run(args: &Args) -> Result<Infallible, Failure> {
    if !args.exec.iter().any(|place| place.exists()) {
        let places: Vec<_> = args
            .exec
            .iter()
            .map(|it| it.display().to_string())
            .collect();
        let tried = format!("cannot run {}", places.join(" or "));
        return Err(Failure::cannot(tried, "no such file or directory"));
    }
    let mut workers = Workers {
        places: args.exec.clone(),
        limit: Duration::from_secs(args.timeout),
        news: BTreeMap::new(),
    };
    let mut counts = false;
    let mut said = String::new();
    loop {
        match follow(args, &mut workers, counts, &mut said) {
            Ok(()) => counts = false,
            Err(End::Missed) => {
                counts = true;
                continue;
            }
            Err(End::Over(
                error @ (ClientError::NotAllowed { .. } | ClientError::Unreadable { .. }),
            )) => return Err(error.into()),
            Err(End::Over(error)) => {
                counts = false;
                let text = with_causes(&error);
                if said != text {
                    eprintln!("macveil: waiting: {text}");
                    said = text;
                }
            }
        }
        thread::sleep(PAUSE);
    }
}

/// Returns when the daemon announces its end.
fn follow(args: &Args, workers: &mut Workers, counts: bool, said: &mut String) -> Result<(), End> {
    let mut client = args.ask.daemon.connect()?;
    let interface = args.ask.interface.clone();
    let Reply::Events { interfaces } = client.ask(&Request::Events { interface })? else {
        return Ok(());
    };
    said.clear();
    workers.know(&interfaces, counts);
    loop {
        let Some(line) = client.next_line(None)? else {
            continue;
        };
        let event = EventLine::read(&line).map_err(|source| client.unreadable(source))?;
        match (event.event, event.status, event.interface) {
            (EventKind::Status, Some(status), _) => workers.tell(&status, true),
            (EventKind::Unmanaged, _, Some(name)) => workers.send(&name, Snapshot::gone()),
            (EventKind::Missed, ..) => return Err(End::Missed),
            (EventKind::ShuttingDown, ..) => return Ok(()),
            _ => {}
        }
    }
}

impl From<ClientError> for End {
    fn from(error: ClientError) -> Self {
        Self::Over(error)
    }
}

/// A thread for each interface, so that a program for one does not delay those of another.
struct Workers {
    places: Vec<PathBuf>,
    limit: Duration,
    news: BTreeMap<String, Arc<News>>,
}

impl Workers {
    fn know(&mut self, all: &[Status], counts: bool) {
        for status in all {
            self.tell(status, counts);
        }
        let is_known = |name: &String| all.iter().any(|status| status.interface.name == *name);
        for (_, news) in self.news.iter().filter(|(name, _)| !is_known(name)) {
            news.put(Snapshot::gone());
        }
    }

    fn tell(&mut self, status: &Status, counts: bool) {
        let now = clock_gettime(ClockId::Boottime);
        let now = Duration::try_from(now).unwrap_or_default();
        let name = &status.interface.name;
        if status.interface.state.is_some() || self.news.contains_key(name) {
            self.send(name, Snapshot::of(status, now, counts));
        }
    }

    fn send(&mut self, name: &str, snapshot: Snapshot) {
        let news = self.news.entry(name.to_owned()).or_insert_with(|| {
            let news = Arc::new(News::default());
            let (name, places, limit) = (name.to_owned(), self.places.clone(), self.limit);
            let of_worker = Arc::clone(&news);
            thread::spawn(move || work(&name, &places, limit, &of_worker));
            news
        });
        news.put(snapshot);
    }
}

/// The newest state of an interface, until its worker takes it.
#[derive(Default)]
struct News {
    snapshot: Mutex<Option<Snapshot>>,
    arrived: Condvar,
}

impl News {
    fn put(&self, snapshot: Snapshot) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
        self.arrived.notify_one();
    }

    /// What has arrived since the last time.
    fn poll(&self) -> Option<Snapshot> {
        self.snapshot
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn wait(&self) -> Snapshot {
        let mut slot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(snapshot) = slot.take() {
                return snapshot;
            }
            slot = self
                .arrived
                .wait(slot)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Tells programs about the newest state only: what came and went while one was running is not made up for.
fn work(interface: &str, places: &[PathBuf], limit: Duration, news: &News) {
    let mut told = Told::default();
    let mut identity = "leave";
    loop {
        let mut now = news.wait();
        loop {
            now = news.poll().unwrap_or(now);
            let Some((event, mut environment)) = told.next(&now) else {
                break;
            };
            // With mistakes in the configuration the last setting stays.
            if let Ok(config) = config::load(None) {
                identity = if config.dhcp_identity_follows {
                    "follow"
                } else {
                    "leave"
                };
            }
            environment.push(("MACVEIL_DHCP_IDENTITY", identity.into()));
            environment.push(("MACVEIL_EVENT", event.into()));
            environment.push(("MACVEIL_INTERFACE", interface.into()));
            for program in programs::list(places) {
                let ended = programs::run(&program, [interface, event], &environment, limit);
                if let Err(reason) = ended {
                    let program = program.display();
                    eprintln!("macveil: {interface}, {event}: {program} {reason}");
                }
            }
        }
    }
}
