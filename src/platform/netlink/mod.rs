//! Access to rtnetlink and nl80211. Contains no policy.
//!
//! [`Kernel`] sends requests; [`Notifications`] receives notifications. This module decodes and encodes
//! netlink messages itself: malformed data from the air can neither cause a panic nor hide later data.

mod adapter;
mod attribute;
mod card;
mod ethernet;
mod event;
mod failure;
mod family;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guard;
mod kept;
mod links;
mod message;
mod nl80211;
mod notifications;
mod online;
mod p2p;
mod privilege;
mod rtnetlink;
mod scan;
mod socket;
mod sysfs;
mod tap;
#[cfg(test)]
mod tests;
mod wiphy;

pub use adapter::{Adapter, AdapterError};
pub use card::Mode;
pub use failure::{Error, Failure};
pub use links::Links;
pub use notifications::{Notification, Notifications};
pub use online::{Reach, reach};
pub use privilege::has_net_admin;
pub use tap::{TapError, set_tap_address};

use macveil_core::machine::{How, KernelError, Link, LinkStep, SourceGuard};
use macveil_core::types::{Mac, Ssid};
use nl80211::Nl80211;

/// The sockets for requests. Every answer is available at once; a missing one is an error.
pub struct Kernel {
    links: Links,
    nl80211: Nl80211,
    release: (u32, u32),
}

impl Kernel {
    /// Opens a socket to rtnetlink and one to nl80211.
    ///
    /// # Errors
    /// A socket cannot be opened, or the kernel has no nl80211.
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

    /// Whether an interface has a carrier; a station with a carrier is associated.
    #[must_use]
    pub fn has_carrier(&self, name: &str, ifindex: u32) -> bool {
        // The file cannot be read while the link is down.
        sysfs::number(name, ifindex, "carrier") == Some(1)
    }

    /// See [`Links::link`].
    ///
    /// # Errors
    /// See [`Links::link`].
    pub fn link(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.link(ifindex)
    }

    /// See [`Links::set_address`].
    ///
    /// # Errors
    /// See [`Links::set_address`].
    pub fn set_address(
        &mut self,
        ifindex: u32,
        address: Mac,
        how: How,
    ) -> Result<Link, KernelError> {
        self.links.set_address(ifindex, address, how)
    }

    /// See [`Links::carry_out`].
    ///
    /// # Errors
    /// See [`Links::carry_out`].
    pub fn carry_out(&mut self, ifindex: u32, step: LinkStep) -> Result<Link, KernelError> {
        self.links.carry_out(ifindex, step)
    }

    /// Sets or removes the source guard. An interface that sends frames with four addresses bridges, too.
    ///
    /// # Errors
    /// See [`Links::set_source_guard`].
    pub fn set_source_guard(
        &mut self,
        ifindex: u32,
        guard: SourceGuard,
    ) -> Result<(), KernelError> {
        if guard == SourceGuard::Off {
            self.links.release(ifindex);
        } else if self.uses_four_addresses(ifindex) {
            self.links.remove_source_guard(ifindex);
            return Err(KernelError {
                step: guard::STEP,
                errno: None,
                reason: "the interface sends frames of others with four addresses".to_owned(),
            });
        }
        self.links.set_source_guard(ifindex, guard)
    }

    /// The interface is no longer macveil's; see [`Links::remove_source_guard`].
    pub fn remove_source_guard(&mut self, ifindex: u32) {
        self.links.release(ifindex);
        self.links.remove_source_guard(ifindex);
    }

    /// See [`Links::forget_source_guard`].
    pub fn forget_source_guard(&mut self, ifindex: u32) {
        self.links.forget_source_guard(ifindex);
    }

    /// Whether the source guard is gone, or no longer what the interface needs.
    pub fn source_guard_is_stale(&mut self, ifindex: u32) -> bool {
        !self.links.source_guard_is_in_place(ifindex)
            || self.links.source_guard_must_change(ifindex)
    }

    /// See [`Links::leave_network`].
    pub fn leave_network(&mut self, ifindex: u32) {
        self.links.leave_network(ifindex);
    }

    /// See [`Links::enter_network`].
    pub fn enter_network(&mut self, ifindex: u32, ssid: &Ssid) {
        self.links.enter_network(ifindex, ssid);
    }

    /// See [`Links::clear_ipv6`].
    ///
    /// # Errors
    /// See [`Links::clear_ipv6`].
    pub fn clear_ipv6(&mut self, ifindex: u32) -> Result<(), KernelError> {
        self.links.clear_ipv6(ifindex)
    }

    /// See [`Links::set_link_down`].
    ///
    /// # Errors
    /// See [`Links::set_link_down`].
    pub fn set_link_down(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.set_link_down(ifindex)
    }

    /// See [`Links::bring_up`].
    ///
    /// # Errors
    /// See [`Links::bring_up`].
    pub fn bring_up(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.links.bring_up(ifindex)
    }
}
