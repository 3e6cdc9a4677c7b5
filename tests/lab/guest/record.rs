//! The record of the story being played.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use macveil_testkit::record::{Entry, Fact, Micros};

pub struct Recorder(File);

impl Recorder {
    /// Entries go after those that are there already.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let file = File::options()
            .create(true)
            .append(true)
            .open(folder.join("record"));
        file.map(Self).map_err(|e| e.to_string())
    }

    pub fn note(&mut self, fact: Fact) {
        let entry = Entry { at: now(), fact };
        writeln!(self.0, "{entry}").expect("the record can be written");
    }
}

pub fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_micros() as Micros)
}

pub fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    let text = std::fs::read_to_string(folder.join("record")).map_err(|e| e.to_string())?;
    text.lines().map(str::parse).collect()
}
