//! Notifications from the kernel.

use std::collections::VecDeque;
use std::future::pending;
use std::io;

use neli::consts::rtnl::Rtm;
use neli::consts::socket::NlFamily;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::select;

use super::failure::{Error, Failure};
use super::family::{self, Family};
use super::guard::traffic_control;
use super::message::{Message, Messages};
use super::rtnetlink::Membership;
use super::socket::Socket;
use super::{event, nl80211, rtnetlink};
use macveil_core::machine::{Event, Link};

/// nl80211's multicast groups (`NL80211_MULTICAST_GROUP_CONFIG`, `_SCAN`, `_MLME`).
const GROUPS: [&str; 3] = ["config", "scan", "mlme"];

/// A notification from the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A link with a six-byte address appeared or changed (`RTM_NEWLINK`).
    Link {
        /// Interface index.
        ifindex: u32,
        /// Its new state.
        link: Link,
        /// Its current name.
        name: String,
        /// Whether it is now a member of a bond or a team.
        bonded: bool,
    },
    /// A link is gone (`RTM_DELLINK`).
    LinkGone {
        /// Its former interface index.
        ifindex: u32,
    },
    /// A filter or a queue at the egress of an interface was removed, perhaps the source guard.
    FilterRemoved {
        /// Interface index.
        ifindex: u32,
    },
    /// A Wi-Fi interface changed its type, for example to station.
    Retyped {
        /// Interface index.
        ifindex: u32,
    },
    /// An nl80211 event on an interface.
    Station {
        /// Interface index.
        ifindex: u32,
        /// The event.
        event: Event,
    },
    /// Notifications were lost; all known state may be stale.
    Overrun,
}

/// The sockets that receive notifications.
pub struct Notifications {
    links: AsyncFd<Socket>,
    nl80211: AsyncFd<Socket>,
    family: u16,
    queue: Queue,
}

impl Notifications {
    /// Subscribes to links, scans and associations.
    ///
    /// # Errors
    /// A socket cannot be opened, the kernel has no nl80211, or no Tokio runtime is active.
    pub fn open() -> Result<Self, Error> {
        let links =
            subscribe_to_links().map_err(|failure| Error::new("subscribe to links", failure))?;
        let (nl80211, family) = subscribe_to_nl80211()
            .map_err(|failure| Error::new("subscribe to nl80211", failure))?;
        Self::on(links, nl80211, family)
    }

    pub(super) fn on(links: Socket, nl80211: Socket, family: u16) -> Result<Self, Error> {
        Ok(Self {
            links: watch(links)?,
            nl80211: watch(nl80211)?,
            family,
            queue: Queue::default(),
        })
    }

    /// Waits for the next notification. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Notification {
        loop {
            if let Some(notification) = self.queue.0.pop_front() {
                return notification;
            }
            // Errors mean that the runtime shuts down; a socket that is not ready is polled again.
            select! {
                Ok(mut ready) = self.links.readable_mut() => {
                    let _ = ready.try_io(|fd| self.queue.receive_link(fd.get_mut()));
                }
                Ok(mut ready) = self.nl80211.readable_mut() => {
                    let _ = ready.try_io(|fd| self.queue.receive_nl80211(fd.get_mut(), &mut self.family));
                }
                else => pending().await,
            }
        }
    }
}

pub(super) fn subscribe_to_links() -> Result<Socket, Failure> {
    let socket = Socket::open(NlFamily::Route)?;
    socket.join(rtnetlink::GROUP)?;
    socket.join(traffic_control::GROUP)?;
    Ok(socket)
}

fn subscribe_to_nl80211() -> Result<(Socket, u16), Failure> {
    let mut requests = Socket::open(NlFamily::Generic)?;
    let subscribed = Socket::open(NlFamily::Generic)?;
    let controller = Family::resolve(&mut requests, family::CONTROLLER_NAME)?;
    join(&subscribed, &controller, &[family::CONTROLLER_GROUP])?;
    match Family::resolve(&mut requests, nl80211::NAME) {
        Ok(nl80211) => {
            join(&subscribed, &nl80211, &GROUPS)?;
            Ok((subscribed, nl80211.id))
        }
        // The controller announces the family once it is registered.
        Err(failure) if failure.is_not_found() => Ok((subscribed, nl80211::FAMILY_NOT_LOADED)),
        Err(failure) => Err(failure),
    }
}

fn join(socket: &Socket, family: &Family, groups: &[&str]) -> Result<(), Failure> {
    for group in groups {
        let group = family
            .group(group)
            .ok_or(Failure::Lacks("a multicast group"))?;
        socket.join(group)?;
    }
    Ok(())
}

#[allow(
    deprecated,
    reason = "the replacement is unsafe; Socket meets its condition: one descriptor, open until dropped"
)]
fn watch(socket: Socket) -> Result<AsyncFd<Socket>, Error> {
    AsyncFd::with_interest(socket, Interest::READABLE)
        .map_err(|error| Error::new("watch a netlink socket", error))
}

/// Notifications received but not yet delivered.
#[derive(Default)]
struct Queue(VecDeque<Notification>);

impl Queue {
    /// Receives one datagram.
    fn receive_link(&mut self, socket: &mut Socket) -> io::Result<()> {
        match socket.receive() {
            Ok(datagram) => self.decode(datagram, link_notification),
            Err(failure) => self.lost(socket, failure)?,
        }
        Ok(())
    }

    /// Receives one datagram. nl80211 gets a new family number when cfg80211 is reloaded.
    fn receive_nl80211(&mut self, socket: &mut Socket, family: &mut u16) -> io::Result<()> {
        let mut reloaded = None;
        match socket.receive() {
            Ok(datagram) => self.decode(datagram, |message| {
                if message.kind == *family {
                    return station_notification(message);
                }
                reloaded = Family::decode(message.payload).filter(|new| new.name == nl80211::NAME);
                None
            }),
            Err(failure) => self.lost(socket, failure)?,
        }
        if let Some(reloaded) = reloaded {
            *family = reloaded.id;
            // If joining fails, only the next registration of the family is noticed.
            let _ = join(socket, &reloaded, &GROUPS);
            self.overrun();
        }
        Ok(())
    }

    fn decode(
        &mut self,
        datagram: &[u8],
        mut decode: impl FnMut(Message<'_>) -> Option<Notification>,
    ) {
        for message in Messages::of(datagram) {
            match message {
                Ok(message) => self.0.extend(decode(message)),
                Err(_) => self.overrun(),
            }
        }
    }

    /// The kernel reports `ENOBUFS` for the first dropped message and then drops silently until the queue
    /// is empty. So the queue must be drained before all state is read again.
    fn lost(&mut self, socket: &mut Socket, failure: Failure) -> io::Result<()> {
        match failure {
            Failure::Socket(error) if error.kind() == io::ErrorKind::WouldBlock => Err(error),
            _ => {
                socket.drain();
                self.overrun();
                Ok(())
            }
        }
    }

    fn overrun(&mut self) {
        if self.0.back() != Some(&Notification::Overrun) {
            self.0.push_back(Notification::Overrun);
        }
    }
}

fn link_notification(message: Message<'_>) -> Option<Notification> {
    match Rtm::from(message.kind) {
        Rtm::Newlink => rtnetlink::decode(message.payload).map(|report| Notification::Link {
            ifindex: report.ifindex,
            link: report.link,
            name: report.name,
            bonded: report.member == Some(Membership::Bond),
        }),
        Rtm::Dellink => rtnetlink::decode_gone(message.payload)
            .map(|ifindex| Notification::LinkGone { ifindex }),
        _ => traffic_control::removed_at(message.kind, message.payload)
            .map(|ifindex| Notification::FilterRemoved { ifindex }),
    }
}

fn station_notification(message: Message<'_>) -> Option<Notification> {
    if let Some(ifindex) = event::retyped(message.payload) {
        return Some(Notification::Retyped { ifindex });
    }
    let (ifindex, event) = event::decode(message.payload)?;
    Some(Notification::Station { ifindex, event })
}
