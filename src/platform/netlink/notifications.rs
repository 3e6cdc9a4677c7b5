//! What the kernel says unasked.

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
use super::message::{Message, Messages};
use super::socket::Socket;
use super::{event, nl80211, rtnetlink};
use macveil_core::machine::{Event, Link};

/// nl80211's multicast groups (`NL80211_MULTICAST_GROUP_CONFIG`, `_SCAN`, `_MLME`).
const GROUPS: [&str; 3] = ["config", "scan", "mlme"];

/// Something happened in the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A link with a six-byte address appeared or changed (`RTM_NEWLINK`).
    Link {
        /// The kernel's number for it.
        ifindex: u32,
        /// What it is like now.
        link: Link,
        /// Its name now.
        name: String,
        /// It is a part of a bond or a team now.
        bonded: bool,
    },
    /// A link is gone (`RTM_DELLINK`).
    LinkGone {
        /// The number that it had.
        ifindex: u32,
    },
    /// A Wi-Fi interface has become a station, or something else.
    Retyped {
        /// The interface.
        ifindex: u32,
    },
    /// nl80211 announces something of an interface.
    Station {
        /// The interface.
        ifindex: u32,
        /// What.
        event: Event,
    },
    /// Notifications were lost: whatever is known may be stale.
    Overrun,
}

/// The sockets on which the kernel says things unasked.
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
    /// A socket cannot be had, or the kernel has no nl80211; or there is no Tokio runtime around.
    pub fn open() -> Result<Self, Error> {
        let links = listen_to_links().map_err(|failure| Error::new("listen to links", failure))?;
        let (nl80211, family) =
            listen_to_nl80211().map_err(|failure| Error::new("listen to nl80211", failure))?;
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

    /// Waits for the next; nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Notification {
        loop {
            if let Some(notification) = self.queue.0.pop_front() {
                return notification;
            }
            // Errors mean that the runtime shuts down, and a socket that is not ready is waited for anew.
            select! {
                Ok(mut ready) = self.links.readable_mut() => {
                    let _ = ready.try_io(|fd| self.queue.take_links(fd.get_mut()));
                }
                Ok(mut ready) = self.nl80211.readable_mut() => {
                    let _ = ready.try_io(|fd| self.queue.take_nl80211(fd.get_mut(), &mut self.family));
                }
                else => pending().await,
            }
        }
    }
}

pub(super) fn listen_to_links() -> Result<Socket, Failure> {
    let socket = Socket::open(NlFamily::Route)?;
    socket.join(rtnetlink::GROUP)?;
    Ok(socket)
}

fn listen_to_nl80211() -> Result<(Socket, u16), Failure> {
    let mut asking = Socket::open(NlFamily::Generic)?;
    let listening = Socket::open(NlFamily::Generic)?;
    let controller = Family::resolve(&mut asking, family::CONTROLLER_NAME)?;
    join(&listening, &controller, &[family::CONTROLLER_GROUP])?;
    match Family::resolve(&mut asking, nl80211::NAME) {
        Ok(nl80211) => {
            join(&listening, &nl80211, &GROUPS)?;
            Ok((listening, nl80211.id))
        }
        // The controller tells when it is born.
        Err(failure) if failure.is_absence() => Ok((listening, nl80211::NOT_THERE_YET)),
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
    reason = "its successor is unsafe and asks for what Socket keeps: one descriptor, open until dropped"
)]
fn watch(socket: Socket) -> Result<AsyncFd<Socket>, Error> {
    AsyncFd::with_interest(socket, Interest::READABLE)
        .map_err(|error| Error::new("watch a netlink socket", error))
}

/// What was received and not yet handed out.
#[derive(Default)]
struct Queue(VecDeque<Notification>);

impl Queue {
    /// Takes one datagram in.
    fn take_links(&mut self, socket: &mut Socket) -> io::Result<()> {
        match socket.receive() {
            Ok(datagram) => self.decode(datagram, link_notification),
            Err(failure) => self.lost(socket, failure)?,
        }
        Ok(())
    }

    /// Takes one datagram in. nl80211 has a new number when cfg80211 is loaded again.
    fn take_nl80211(&mut self, socket: &mut Socket, family: &mut u16) -> io::Result<()> {
        let mut reborn = None;
        match socket.receive() {
            Ok(datagram) => self.decode(datagram, |message| {
                if message.kind == *family {
                    return station_notification(message);
                }
                reborn = Family::decode(message.payload).filter(|new| new.name == nl80211::NAME);
                None
            }),
            Err(failure) => self.lost(socket, failure)?,
        }
        if let Some(reborn) = reborn {
            *family = reborn.id;
            // Without its groups nothing more is heard of it, except that it is born once again.
            let _ = join(socket, &reborn, &GROUPS);
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

    /// The kernel says `ENOBUFS` when it drops the first message, and goes on dropping in silence until
    /// the queue has been empty. So the queue is emptied before anybody reads everything again.
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
            bonded: report.bonded,
        }),
        Rtm::Dellink => rtnetlink::decode_gone(message.payload)
            .map(|ifindex| Notification::LinkGone { ifindex }),
        _ => None,
    }
}

fn station_notification(message: Message<'_>) -> Option<Notification> {
    if let Some(ifindex) = event::retyped(message.payload) {
        return Some(Notification::Retyped { ifindex });
    }
    let (ifindex, event) = event::decode(message.payload)?;
    Some(Notification::Station { ifindex, event })
}
