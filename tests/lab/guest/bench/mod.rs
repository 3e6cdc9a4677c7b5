//! What a guest does besides when it plays for the benchmark: programs run as they are shipped, without the
//! debug logs that a story wants, and what they cost is noted at each step.

mod links;
mod processes;

use std::fs;
use std::path::Path;

use super::daemon::PROGRAM;
use super::process::run_words;
use super::world::World;
pub use links::LinkLog;
pub use processes::Meter;

impl World {
    /// By the program of benches/, which prints a line a change.
    pub fn time_changes(&self, rounds: u32) -> Result<(), String> {
        let name = &self.stations[0].radio.interface;
        let lines = run_words(&format!("/lab/changes {name} {rounds} {PROGRAM}"))?;
        fs::write(self.folder.join("changes"), lines).map_err(|e| e.to_string())
    }
}

/// What there is in the guest, each by what it says of itself.
const PROGRAMS: [(&str, &str); 6] = [
    ("macveil", "/lab/macveil --version"),
    ("NetworkManager", "NetworkManager --version"),
    ("iwd", "/usr/libexec/iwd --version"),
    ("wpa_supplicant", "wpa_supplicant -v"),
    ("macchanger", "macchanger --version"),
    ("Linux", "busybox uname -r"),
];

/// A line a program, with its version: the first word that has a digit and a dot.
pub fn note_versions(folder: &Path) -> Result<(), String> {
    let mut lines = String::new();
    for (name, command) in PROGRAMS {
        // Not every guest has all of them.
        let said = run_words(command).unwrap_or_default();
        let is_version =
            |word: &&str| word.contains('.') && word.contains(|c: char| c.is_ascii_digit());
        if let Some(version) = said.split_whitespace().find(is_version) {
            let version = version.trim_start_matches('v');
            lines += &[name, " ", version, "\n"].concat();
        }
    }
    fs::write(folder.join("versions"), lines).map_err(|e| e.to_string())
}

/// An argument that only other stories want.
pub fn unless_on(argument: &str) -> Option<&str> {
    (!is_on()).then_some(argument)
}

/// Whether this guest plays for the benchmark.
pub fn is_on() -> bool {
    Path::new("/lab/bench").exists()
}
