//! Errors in the exchange with the kernel.

use std::io;

use rustix::io::Errno;

use macveil_core::machine::KernelError;

/// A request to the kernel failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The kernel or the driver rejected the request.
    #[error("{errno}{}", explained(explanation.as_deref()))]
    Errno {
        /// The errno.
        errno: Errno,
        /// The extended acknowledgement's text (`NLMSGERR_ATTR_MSG`).
        explanation: Option<String>,
    },
    /// A system call on the socket failed.
    #[error("the netlink socket failed")]
    Socket(#[from] io::Error),
    /// The answer is missing or incomplete.
    #[error("the kernel's answer was lost")]
    Lost,
    /// The answer was longer than the buffer, which was then enlarged.
    #[error("the kernel's answer was truncated")]
    CutOff,
    /// The answer is not valid netlink.
    #[error("the kernel's answer is malformed")]
    Malformed,
    /// The answer lacks a required value.
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

    /// For an empty list: the object that it describes is gone.
    pub(super) fn not_found() -> Self {
        Self::Errno {
            errno: Errno::NODEV,
            explanation: None,
        }
    }

    /// Whether the interface, radio, family or scan does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self.errno(), Some(Errno::NOENT | Errno::NODEV))
    }

    pub(super) fn into_kernel_error(self, step: &'static str) -> KernelError {
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

/// A request to the kernel failed; names the attempted step.
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

    /// The cause.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.failure
    }
}
