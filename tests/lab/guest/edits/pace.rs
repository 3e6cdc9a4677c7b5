//! How two editors go on until each has edited as often as the story says.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use macveil_testkit::scenarios::Editor;

/// For the faster one.
const PAUSE: Duration = Duration::from_millis(1);

pub struct Pace {
    /// In which iwd has to have read again what it has just written.
    pub patience: Duration,
    /// Who is ahead waits: macveil looks at every edit of iwd's, and would come to make few itself.
    together: bool,
    times: [u32; 2],
    by_iwd: AtomicU32,
    by_other: AtomicU32,
    /// The other one is.
    held: AtomicBool,
    failed: AtomicBool,
}

impl Pace {
    /// The other editor's times and iwd's.
    pub fn new(editor: Editor, times: [u32; 2]) -> Self {
        let (patience, together) = match editor {
            Editor::Macveil => (Duration::from_millis(200), true),
            // What is lost is never read.
            Editor::Careless => (Duration::from_millis(20), false),
        };
        Self {
            patience,
            together,
            times,
            by_iwd: AtomicU32::new(0),
            by_other: AtomicU32::new(0),
            held: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        }
    }

    fn done(&self) -> [u32; 2] {
        [&self.by_other, &self.by_iwd].map(|it| it.load(Ordering::Relaxed))
    }

    pub fn goes_on(&self) -> bool {
        let done = self.done();
        let missing = done[0] < self.times[0] || done[1] < self.times[1];
        missing && !self.failed.load(Ordering::Relaxed)
    }

    pub fn ends_if(&self, failed: bool) {
        self.failed.fetch_or(failed, Ordering::Relaxed);
    }

    /// In which iwd may go ahead.
    pub fn other_is_held(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    pub fn is_turn_of_iwd(&self) -> bool {
        let [other, iwd] = self.done();
        let held = self.held.load(Ordering::Relaxed);
        self.is_turn(held || iwd * self.times[0] <= other * self.times[1])
    }

    pub fn is_turn_of_other(&self) -> bool {
        let [other, iwd] = self.done();
        self.is_turn(other * self.times[1] <= iwd * self.times[0])
    }

    fn is_turn(&self, is_not_ahead: bool) -> bool {
        let is_it = is_not_ahead || !self.together;
        if !is_it {
            sleep(PAUSE);
        }
        is_it
    }

    pub fn iwd_has_edited(&self) {
        self.by_iwd.fetch_add(1, Ordering::Relaxed);
    }

    /// For which time.
    pub fn other_has_edited(&self) -> u32 {
        self.by_other.fetch_add(1, Ordering::Relaxed)
    }
}
