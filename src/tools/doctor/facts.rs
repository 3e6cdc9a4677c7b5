//! Facts about a machine and its cards.

use super::files::Files;
use super::processes::Process;
use macveil_core::machine;
use macveil_core::types::ManagerKind;

/// Everything that the checks use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The running kernel's version.
    pub(crate) release: (u32, u32),
    /// As `uname -r` prints it.
    pub(crate) release_name: String,
    pub(crate) macveil: MacveilFacts,
    pub(crate) cards: Vec<CardFacts>,
    pub(crate) processes: Vec<Process>,
    pub(crate) files: Files,
}

/// Facts about macveil itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct MacveilFacts {
    /// macveil runs in this network namespace.
    pub(crate) runs: bool,
    /// The first error in the configuration.
    pub(crate) wrong: Option<String>,
    /// `ctrl-interface`: the directory of `wpa_supplicant`'s control sockets.
    pub(crate) ctrl_interface: String,
    /// Path of the key.
    pub(crate) key_file: String,
    /// Why the key cannot be used.
    pub(crate) insecure_key: Option<String>,
}

/// A Wi-Fi interface in station mode.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct CardFacts {
    pub(crate) name: String,
    /// From the kernel; `initial` is the current address.
    pub(crate) kernel: machine::Card,
    pub(crate) up: bool,
    /// There is no such interface now; only its files are checked.
    pub(crate) is_absent: bool,
    /// `on-failure = "open"`: used unprotected instead of blocked.
    pub(crate) allows_unprotected: bool,
    /// `scan-rand-mac-address = false`.
    pub(crate) scans_without_randomization: bool,
    /// The configuration lets macveil manage it.
    pub(crate) is_managed: bool,
    pub(crate) owner: Option<ManagerKind>,
    pub(crate) control: Control,
    pub(crate) trial: Option<Trial>,
}

impl CardFacts {
    /// Whether another program controls it, so that macveil does not manage it.
    pub(crate) fn is_managed_elsewhere(&self) -> bool {
        let works_with = |owner| cfg!(feature = "dbus") && owner == ManagerKind::Iwd;
        self.owner.is_some_and(|owner| !works_with(owner))
    }
}

/// `wpa_supplicant`'s control socket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Control {
    /// It does not exist.
    #[default]
    Absent,
    /// It exists but does not reply; the reason.
    Unreachable(String),
    /// Values of `GET` by name, without unknown names.
    Answers(Vec<(&'static str, String)>),
}

/// Result of setting an address as a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trial {
    /// The card showed the address.
    Honoured {
        /// Also with the link up. The link of a blocked radio cannot come up.
        up: bool,
    },
    /// No error, but the card showed another address.
    Ignored,
    /// The kernel or driver returned an error.
    Refused(String),
    /// The previous address could not be restored.
    NotRestored(String),
}

impl Control {
    /// The value of a name, if known.
    pub(super) fn answer(&self, to: &str) -> Option<&str> {
        let Self::Answers(answers) = self else {
            return None;
        };
        let answer = answers.iter().find(|answer| answer.0 == to);
        answer.map(|answer| answer.1.as_str())
    }
}

impl Facts {
    /// Processes with this name (`comm`).
    pub(super) fn running<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Process> {
        self.processes
            .iter()
            .filter(move |process| process.name == name)
    }

    pub(super) fn runs(&self, name: &str) -> bool {
        self.running(name).next().is_some()
    }

    /// Whether a program is installed or runs, by its names as a file and as a process.
    pub(super) fn has_program(&self, (program, process): (&str, &str)) -> bool {
        let installed = |directory| self.files.has(&format!("{directory}/{program}"));
        PROGRAMS.into_iter().any(installed) || self.runs(process)
    }
}

/// Directories of programs.
pub(super) const PROGRAMS: [&str; 5] =
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];
