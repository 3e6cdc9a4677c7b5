//! What can go wrong between this process and the kernel.

use std::io;

use rustix::io::Errno;

use macveil_core::machine::KernelError;

/// A request to the kernel failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The kernel or the driver said no.
    #[error("{errno}{}", explained(explanation.as_deref()))]
    Errno {
        /// The errno.
        errno: Errno,
        /// The extended acknowledgement's text (`NLMSGERR_ATTR_MSG`).
        explanation: Option<String>,
    },
    /// The socket could not be used.
    #[error("the netlink socket failed")]
    Socket(#[from] io::Error),
    /// No answer came, or not all of it.
    #[error("the kernel's answer was lost")]
    Lost,
    /// The answer was longer than the buffer, which has grown since.
    #[error("the kernel's answer was cut off")]
    CutOff,
    /// The answer is no valid netlink.
    #[error("the kernel's answer makes no sense")]
    Malformed,
    /// The answer lacks what was asked for.
    #[error("the kernel's answer lacks {0}")]
    Lacks(&'static str),
}

impl Failure {
    /// The errno, if the kernel or the driver gave one.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Errno { errno, .. } => Some(*errno),
            Self::Socket(error) => Errno::from_io_error(error),
            Self::Lost | Self::CutOff | Self::Malformed | Self::Lacks(_) => None,
        }
    }

    /// For a list that is empty because what it was to describe is gone.
    pub(super) fn absence() -> Self {
        Self::Errno {
            errno: Errno::NODEV,
            explanation: None,
        }
    }

    /// What was asked about is not there: no such interface, radio, family or scan.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self.errno(), Some(Errno::NOENT | Errno::NODEV))
    }

    pub(super) fn into_refusal(self, step: &'static str) -> KernelError {
        let reason = match &self {
            Self::Socket(error) => format!("{self}: {error}"),
            _ => self.to_string(),
        };
        KernelError {
            step,
            errno: self.errno(),
            reason,
        }
    }
}

fn explained(explanation: Option<&str>) -> String {
    explanation.map_or_else(String::new, |text| format!(": {text}"))
}

/// Something could not be learned from the kernel.
#[derive(Debug, thiserror::Error)]
#[error("cannot {tried}")]
pub struct Error {
    tried: String,
    #[source]
    failure: Failure,
}

impl Error {
    pub(super) fn new(tried: impl Into<String>, failure: impl Into<Failure>) -> Self {
        Self {
            tried: tried.into(),
            failure: failure.into(),
        }
    }

    /// Why.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.failure
    }
}
