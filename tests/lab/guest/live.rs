//! Tells the host what is on the air while the story plays.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use super::record::now;
use super::tell_host;
use macveil_testkit::air::Capture;
use macveil_testkit::judge::{Brief, Line, Names, Narrator};

pub struct Live {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    pub fn start(capture: &Path, brief: Brief) -> Result<Self, String> {
        let file = File::open(capture).map_err(|e| e.to_string())?;
        let over = Arc::new(AtomicBool::new(false));
        let until = over.clone();
        let thread = spawn(move || follow(file, &brief, &until));
        Ok(Self {
            over,
            thread: Some(thread),
        })
    }

    /// Tells the rest and ends.
    pub fn finish(mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the narrator does not panic");
        }
    }
}

fn follow(mut file: File, brief: &Brief, over: &AtomicBool) {
    let mut capture = Capture::default();
    let mut narrator = Narrator::new(brief, Names::new(brief));
    loop {
        let last_round = over.load(Ordering::Relaxed);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("a file in memory");
        capture.feed(&bytes);
        let mut lines = Vec::new();
        while let Some(frame) = capture.next_frame().expect("a capture") {
            lines.extend(narrator.see(&frame));
        }
        lines.extend(narrator.pass(now()));
        if last_round {
            lines.extend(narrator.end_burst());
        }
        for Line { at, who, text } in lines {
            let role = narrator.names().role_word(who);
            let name = narrator.names().name(who);
            tell_host(&format!("air {at} {role} {who} {name} {text}"));
        }
        if last_round {
            return;
        }
        sleep(Duration::from_millis(200));
    }
}
