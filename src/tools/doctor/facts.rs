//! What is known of a machine and its cards.

use super::files::Files;
use super::processes::Process;
use crate::platform::managers::ManagerKind;
use macveil_core::machine;

/// What is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The running kernel's version.
    pub(crate) release: (u32, u32),
    pub(crate) macveil: Macveil,
    pub(crate) cards: Vec<Card>,
    pub(crate) processes: Vec<Process>,
    pub(crate) files: Files,
}

/// What is known of macveil itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Macveil {
    /// A daemon runs in this network namespace.
    pub(crate) runs: bool,
    /// What is wrong with the configuration; none if nothing.
    pub(crate) wrong: Option<String>,
    /// `ctrl-interface`: where it looks for sockets of `wpa_supplicant`.
    pub(crate) ctrl_interface: String,
}

/// A station.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Card {
    pub(crate) name: String,
    /// What the kernel knows; `initial` is the current address.
    pub(crate) kernel: machine::Card,
    pub(crate) up: bool,
    /// `[device]` of the configuration leaves it unprotected rather than silent.
    pub(crate) fails_open: bool,
    /// `[device]` of the configuration does not want random addresses in scans.
    pub(crate) scans_bare: bool,
    /// The configuration has macveil care for it.
    pub(crate) is_managed: bool,
    pub(crate) owner: Option<ManagerKind>,
    pub(crate) control: Control,
    pub(crate) trial: Option<Trial>,
}

impl Card {
    /// Whether macveil leaves it to the program that drives it.
    pub(crate) fn is_left(&self) -> bool {
        let beside = |owner| cfg!(feature = "dbus") && owner == ManagerKind::Iwd;
        self.owner.is_some_and(|it| !beside(it))
    }
}

/// `wpa_supplicant`'s control socket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Control {
    /// There is none.
    #[default]
    Absent,
    /// It is there and cannot be used; why.
    Unreachable(String),
    /// What was answered to `GET`, with the names; what it does not know is left out.
    Answers(Vec<(&'static str, String)>),
}

/// What came of putting an address on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trial {
    /// It was on.
    Honoured {
        /// Also when the link was up; a blocked radio's cannot be.
        up: bool,
    },
    /// Nobody refused, and another one was shown.
    Ignored,
    /// The kernel or the driver said no.
    Refused(String),
    /// And afterwards the card could not be made what it had been.
    NotRestored(String),
}

impl Control {
    /// What was answered, if it was.
    pub(super) fn answer(&self, to: &str) -> Option<&str> {
        let Self::Answers(answers) = self else {
            return None;
        };
        let answer = answers.iter().find(|it| it.0 == to);
        answer.map(|it| it.1.as_str())
    }
}

impl Facts {
    /// Who runs under this name, as the kernel has it.
    pub(super) fn running<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Process> {
        self.processes.iter().filter(move |it| it.name == name)
    }

    pub(super) fn runs(&self, name: &str) -> bool {
        self.running(name).next().is_some()
    }

    /// Whether a program is installed or runs; `names` are its own and its process's.
    pub(super) fn has_program(&self, (program, process): (&str, &str)) -> bool {
        let installed = |directory| self.files.has(&format!("{directory}/{program}"));
        PROGRAMS.into_iter().any(installed) || self.runs(process)
    }
}

/// Where programs are.
pub(super) const PROGRAMS: [&str; 5] =
    ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];
