//! What can go wrong between this process and the kernel.

use std::io;

use rustix::io::Errno;

use macveil_core::machine::KernelError;

/// A request to the kernel failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The kernel or the driver said no.
    #[error("{}", words(*errno, explanation.as_deref()))]
    Errno {
        /// The errno.
        errno: i32,
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
    pub fn errno(&self) -> Option<i32> {
        match self {
            Self::Errno { errno, .. } => Some(*errno),
            Self::Socket(error) => error.raw_os_error(),
            Self::Lost | Self::CutOff | Self::Malformed | Self::Lacks(_) => None,
        }
    }

    /// For a list that is empty because what it was to describe is gone.
    pub(super) fn absence() -> Self {
        Self::Errno {
            errno: Errno::NODEV.raw_os_error(),
            explanation: None,
        }
    }

    /// What was asked about is not there: no such interface, radio, family or scan.
    pub(super) fn is_absence(&self) -> bool {
        [Errno::NOENT, Errno::NODEV]
            .into_iter()
            .any(|absence| self.errno() == Some(absence.raw_os_error()))
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

fn words(errno: i32, explanation: Option<&str>) -> String {
    let meaning = io::Error::from_raw_os_error(errno);
    match explanation {
        Some(explanation) => format!("{meaning}: {explanation}"),
        None => meaning.to_string(),
    }
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
