//! Errors of the kernel and of drivers.

use rustix::io::Errno;

use super::event::Link;

/// Why the kernel or the driver refused an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {reason}")]
pub struct KernelError {
    /// The action, for the log: "set the address", "bring the link up".
    pub step: &'static str,
    /// The errno, if there was one.
    pub errno: Option<Errno>,
    /// The kernel's words: the errno's text and the extended ack.
    pub reason: String,
}

impl KernelError {
    /// The driver reported success, but the link has another address.
    #[must_use]
    pub fn of_another_address(link: Link) -> Self {
        Self {
            step: "set the address",
            errno: None,
            reason: format!(
                "the driver reported success, but the address is {}",
                link.address
            ),
        }
    }
}
