//! The kernel: rtnetlink and nl80211, as values that go in and come out. No policy.
//!
//! [`Kernel`] asks and has things done; [`Notifications`] hears what happens. Netlink messages are read
//! and written here byte by byte: what strangers send can neither panic nor hide what follows it.

mod adapter;
mod attribute;
mod card;
mod event;
mod failure;
mod family;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod links;
mod message;
mod nl80211;
mod notifications;
mod port;
mod privilege;
mod rtnetlink;
mod scan;
mod socket;
mod sysfs;
mod tap;
#[cfg(test)]
mod tests;
mod wiphy;

pub use adapter::{Adapter, NoAdapter};
pub use failure::{Error, Failure};
pub use links::Links;
pub use notifications::{Notification, Notifications};
pub use privilege::may_administer;
pub use tap::{TapError, set_tap_address};

use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;
use nl80211::Nl80211;

/// The sockets on which the kernel is asked. Every answer is there at once, or it is an error.
pub struct Kernel {
    links: Links,
    nl80211: Nl80211,
    release: (u32, u32),
}

impl Kernel {
    /// Opens a socket to rtnetlink and one to nl80211.
    ///
    /// # Errors
    /// A socket cannot be had, or the kernel has no nl80211.
    pub fn open() -> Result<Self, Error> {
        Ok(Self {
            links: Links::open()?,
            nl80211: Nl80211::open()?,
            release: sysfs::kernel_release(),
        })
    }

    /// The running kernel's version.
    #[must_use]
    pub const fn release(&self) -> (u32, u32) {
        self.release
    }

    /// Whether an interface has a carrier; a station that has one is associated.
    #[must_use]
    pub fn has_carrier(&self, name: &str, ifindex: u32) -> bool {
        // A link that is down does not say.
        sysfs::number(name, ifindex, "carrier") == Some(1)
    }

    /// As [`Links::link`].
    ///
    /// # Errors
    /// As there.
    pub fn link(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.link(ifindex)
    }

    /// As [`Links::set_address`].
    ///
    /// # Errors
    /// As there.
    pub fn set_address(
        &mut self,
        ifindex: u32,
        address: Mac,
        how: How,
    ) -> Result<Link, KernelError> {
        self.links.set_address(ifindex, address, how)
    }

    /// As [`Links::clear_ipv6`].
    ///
    /// # Errors
    /// As there.
    pub fn clear_ipv6(&mut self, ifindex: u32) -> Result<(), KernelError> {
        self.links.clear_ipv6(ifindex)
    }

    /// As [`Links::set_link_down`].
    ///
    /// # Errors
    /// As there.
    pub fn set_link_down(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.set_link_down(ifindex)
    }

    /// As [`Links::bring_up`].
    ///
    /// # Errors
    /// As there.
    pub fn bring_up(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.bring_up(ifindex)
    }
}
