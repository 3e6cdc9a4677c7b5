//! Looks at a file each time that another one is put in its place, and counts who did so: the kernel tells
//! under which name the other one was written. As soon as macveil has begun to write one, having read the old
//! one, it is held for a moment, in which iwd edits: by chance that would happen once in a thousand times.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, setpriority_process};

use super::pace::Pace;
use super::settings::Settings;
use super::wait_for_iwd;

/// Between two looks whether it is over.
const PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};
/// The process to be stopped comes after all others.
const LAST: i32 = 19;
/// In which iwd has made an edit.
const HELD: Duration = Duration::from_millis(30);

pub struct Watched {
    /// Of the other editor: what it adds to the name of the file that it writes, and itself, if it is to be held.
    pub suffix: &'static str,
    pub held: Option<Pid>,
    pub pace: Arc<Pace>,
    pub path: PathBuf,
    /// What neither is to change.
    pub foreign: Settings,
}

pub struct Watch {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Result<Seen, String>>,
}

#[derive(Default)]
pub struct Seen {
    pub by_iwd: usize,
    pub by_other: usize,
    /// Settings that no edit changed and that are missing or different; one sentence each.
    pub lost: Vec<String>,
}

impl Watch {
    pub fn begin(watched: Watched) -> Result<Self, String> {
        let told = |e: Errno| format!("{}: {e}", watched.path.display());
        let inotify = inotify::init(CreateFlags::NONBLOCK).map_err(told)?;
        let folder = watched.path.parent().unwrap_or(&watched.path);
        let events = WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO | WatchFlags::CREATE;
        inotify::add_watch(&inotify, folder, events).map_err(told)?;
        if let Some(held) = watched.held {
            setpriority_process(Some(held), LAST).map_err(told)?;
        }
        let over = Arc::new(AtomicBool::new(false));
        let until = over.clone();
        let thread = spawn(move || look(&inotify, &watched, &until));
        Ok(Self { over, thread })
    }

    pub fn end(self) -> Result<Seen, String> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the watch broke")?
    }
}

fn look(inotify: &OwnedFd, watched: &Watched, over: &AtomicBool) -> Result<Seen, String> {
    let name = watched.path.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let others = format!("{name}{}", watched.suffix);
    let mut seen = Seen::default();
    let mut moved = None;
    let mut created = 0;
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut events = Reader::new(inotify, &mut buffer);
    loop {
        let event = match events.next() {
            Ok(event) => event,
            Err(Errno::AGAIN) if over.load(Ordering::Relaxed) => return Ok(seen),
            Err(Errno::AGAIN) => {
                let mut wait = [PollFd::new(inotify, PollFlags::IN)];
                poll(&mut wait, Some(&PAUSE)).map_err(|e| format!("inotify: {e}"))?;
                continue;
            }
            Err(error) => return Err(format!("inotify: {error}")),
        };
        let is = |kind| event.events().contains(kind);
        if is(ReadFlags::QUEUE_OVERFLOW) {
            return Err("more happened than could be counted".to_owned());
        }
        let file = event.file_name().map(CStr::to_string_lossy);
        let file = file.unwrap_or_default().into_owned();
        if is(ReadFlags::CREATE) {
            created += usize::from(file == others);
            // Every other time it is left to chance.
            if let Some(held) = watched.held.filter(|_| file == others && created % 2 == 0) {
                hold(held, watched)?;
            }
        } else if is(ReadFlags::MOVED_FROM) {
            moved = Some((event.cookie(), file));
        } else if let Some((_, from)) = moved.take_if(|(cookie, _)| *cookie == event.cookie())
            && file == name
        {
            if from == others {
                seen.by_other += 1;
            } else {
                seen.by_iwd += 1;
            }
            seen.lost.extend(missing(watched));
        }
    }
}

/// Until iwd has put another file there.
fn hold(process: Pid, watched: &Watched) -> Result<(), String> {
    let told = |e: Errno| format!("it cannot be held: {e}");
    kill_process(process, Signal::STOP).map_err(told)?;
    watched.pace.other_is_held(true);
    wait_for_iwd(&watched.path, HELD);
    watched.pace.other_is_held(false);
    kill_process(process, Signal::CONT).map_err(told)
}

/// Settings that differ although no edit changed them.
fn missing(watched: &Watched) -> Option<String> {
    match Settings::read(&watched.path) {
        Ok(now) if now.clone().foreign() == watched.foreign => None,
        Ok(now) => Some(format!("settings without an edit: {now:?}")),
        Err(problem) => Some(problem),
    }
}
