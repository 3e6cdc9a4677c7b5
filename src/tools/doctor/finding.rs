//! What there is to say.

use std::fmt::Arguments;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Boot,
    Radio,
    Supplicant,
    Managers,
    Ipv6,
    Dhcp,
}

impl Topic {
    /// All of them, in the order in which they are told.
    pub(crate) const ALL: [Self; 6] = [
        Self::Boot,
        Self::Radio,
        Self::Supplicant,
        Self::Managers,
        Self::Ipv6,
        Self::Dhcp,
    ];

    /// For programs.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::Radio => "radio",
            Self::Supplicant => "supplicant",
            Self::Managers => "managers",
            Self::Ipv6 => "ipv6",
            Self::Dhcp => "dhcp",
        }
    }

    /// For people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Boot => "macveil, and the time before it",
            Self::Radio => "kernel and driver",
            Self::Supplicant => "supplicant",
            Self::Managers => "other programs",
            Self::Ipv6 => "IPv6",
            Self::Dhcp => "DHCP",
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// As it should be.
    Good,
    /// Worth knowing: macveil takes care of it, or nobody can mend it.
    Note,
    /// Gives something away, and can be mended.
    Warning,
    /// The promise is not kept.
    Problem,
}

impl Severity {
    pub(crate) const FROM_THE_WORST: [Self; 4] =
        [Self::Problem, Self::Warning, Self::Note, Self::Good];

    /// For programs and people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// Whether there is something to mend.
    pub(crate) fn is_to_mend(self) -> bool {
        self >= Self::Warning
    }
}

/// Something that was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) check: &'static Check,
    pub(crate) severity: Severity,
    /// Of which card; none: of the machine.
    pub(crate) interface: Option<String>,
    pub(crate) what: String,
    /// A file and its line, or a command; none where nothing is to be done.
    pub(crate) remedy: Option<String>,
}

/// Something to look at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// For programs; never changed.
    pub(crate) id: &'static str,
    pub(crate) topic: Topic,
    /// Why it matters, in a sentence.
    pub(crate) why: &'static str,
}

impl Check {
    pub(super) fn good(&'static self, what: Arguments) -> Finding {
        self.found(Severity::Good, what, None)
    }

    pub(super) fn note(&'static self, what: Arguments, remedy: Arguments) -> Finding {
        self.found(Severity::Note, what, Some(remedy))
    }

    pub(super) fn warning(&'static self, what: Arguments, remedy: Arguments) -> Finding {
        self.found(Severity::Warning, what, Some(remedy))
    }

    pub(super) fn problem(&'static self, what: Arguments, remedy: Arguments) -> Finding {
        self.found(Severity::Problem, what, Some(remedy))
    }

    pub(super) fn found(
        &'static self,
        severity: Severity,
        what: Arguments,
        remedy: Option<Arguments>,
    ) -> Finding {
        Finding {
            check: self,
            severity,
            interface: None,
            what: harmless(what),
            remedy: remedy.map(harmless),
        }
    }
}

/// Names of files and programs are chosen by others, too.
fn harmless(text: Arguments) -> String {
    const LONGEST: usize = 1000;
    let text = text.to_string();
    let characters = text.chars().take(LONGEST);
    characters
        .map(|it| if it.is_control() { '\u{fffd}' } else { it })
        .collect()
}
