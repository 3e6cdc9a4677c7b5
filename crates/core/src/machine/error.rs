//! What the kernel or the driver does not do, and what can be done about it.

use rustix::io::Errno;

use super::event::Link;

/// Why the kernel or the driver did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {reason}")]
pub struct KernelError {
    /// What was tried, for the log: "set the address", "bring the link up".
    pub step: &'static str,
    /// The errno, if there was one.
    pub errno: Option<i32>,
    /// The kernel's words: the errno's text and the extended ack.
    pub reason: String,
}

impl KernelError {
    /// The driver answered yes, and shows another address all the same.
    #[must_use]
    pub fn of_another_address(link: Link) -> Self {
        Self {
            step: "set the address",
            errno: None,
            reason: format!("it answered yes, but the address still is {}", link.address),
        }
    }

    /// What a user can do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        let known = [
            (Errno::PERM, "macveil needs the capability CAP_NET_ADMIN"),
            (
                Errno::BUSY,
                "end whatever else scans with the card or is connected by it",
            ),
            (
                Errno::OPNOTSUPP,
                "this driver cannot change its address; `on-failure = \"open\"` would use the card unprotected",
            ),
            (
                Errno::INVAL,
                "another interface on the same radio may allow few addresses only: remove it, or keep most bits by `scan-generate-mac-address-mask`",
            ),
            (
                Errno::ADDRNOTAVAIL,
                "the driver does not take such an address: keep its vendor's bytes by `scan-generate-mac-address-mask`",
            ),
            (
                Errno::NOTUNIQ,
                "another interface that is up has this address: take that one down",
            ),
            (
                Errno::RFKILL,
                "the radio is switched off: `rfkill unblock wifi`, or its switch",
            ),
        ];
        let is_it = |errno: Errno| self.errno == Some(errno.raw_os_error());
        let entry = known.into_iter().find(|(errno, _)| is_it(*errno));
        entry.map_or(
            "the kernel's log (`dmesg`) may have the driver's own words",
            |(_, remedy)| remedy,
        )
    }
}
