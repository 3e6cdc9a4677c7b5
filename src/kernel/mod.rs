//! The kernel: rtnetlink and nl80211, as values that go in and come out. No policy.
//!
//! [`Kernel`] asks and has things done; [`Notifications`] hears what happens. Netlink messages are read
//! and written here byte by byte: what strangers send can neither panic nor hide what follows it.

mod address;
mod attribute;
mod card;
mod event;
mod failure;
mod family;
mod link;
mod message;
mod nl80211;
mod notifications;
mod scan;
mod socket;
mod sysfs;
mod wiphy;

use neli::consts::socket::NlFamily;

pub use failure::{Error, Failure};
pub use notifications::{Notification, Notifications};

use nl80211::Nl80211;
use socket::Socket;

/// The sockets on which the kernel is asked. Every answer is there at once, or it is an error.
pub struct Kernel {
    links: Socket,
    nl80211: Nl80211,
    release: (u32, u32),
}

impl Kernel {
    /// Opens a socket to rtnetlink and one to nl80211.
    ///
    /// # Errors
    /// A socket cannot be had, or the kernel has no nl80211.
    pub fn open() -> Result<Self, Error> {
        let links = Socket::open(NlFamily::Route)
            .map_err(|error| Error::new("open an rtnetlink socket", error))?;
        Ok(Self {
            links,
            nl80211: Nl80211::open()?,
            release: sysfs::kernel_release(),
        })
    }
}
