//! Checks and their results.

use std::fmt::Arguments;

/// Subject of a check.
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
    /// All of them, in the order of the output.
    pub(crate) const ALL: [Self; 6] = [
        Self::Boot,
        Self::Radio,
        Self::Supplicant,
        Self::Managers,
        Self::Ipv6,
        Self::Dhcp,
    ];

    pub(super) const fn check(self, id: &'static str, why: &'static str) -> Check {
        Check {
            id,
            topic: self,
            why,
        }
    }

    /// The word in JSON.
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

    /// The heading in text.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Boot => "macveil and boot",
            Self::Radio => "kernel and driver",
            Self::Supplicant => "supplicant",
            Self::Managers => "other programs",
            Self::Ipv6 => "IPv6",
            Self::Dhcp => "DHCP",
        }
    }
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// No problem.
    Good,
    /// For information: macveil handles it, or there is no fix.
    Note,
    /// Something identifies the card, and there is a fix.
    Warning,
    /// macveil cannot keep its promise.
    Problem,
}

impl Severity {
    pub(crate) const FROM_THE_WORST: [Self; 4] =
        [Self::Problem, Self::Warning, Self::Note, Self::Good];

    /// The word in JSON and text.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// Whether the user should change something.
    pub(crate) fn needs_fix(self) -> bool {
        self >= Self::Warning
    }
}

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) check: &'static Check,
    pub(crate) severity: Severity,
    /// `None` for the machine as a whole.
    pub(crate) interface: Option<String>,
    pub(crate) what: String,
    /// A file with its line, or a command; `None` if there is nothing to do.
    pub(crate) remedy: Option<String>,
}

/// A check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The ID in JSON; stable.
    pub(crate) id: &'static str,
    pub(crate) topic: Topic,
    /// The reason, in one sentence.
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

/// Replaces control characters: file names and values can come from anyone.
fn harmless(text: Arguments) -> String {
    const MAX_LENGTH: usize = 1000;
    let text = text.to_string();
    let characters = text.chars().take(MAX_LENGTH);
    characters
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}
