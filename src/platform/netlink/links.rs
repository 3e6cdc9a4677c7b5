//! Links: reading them, holding them down, putting addresses on them.

use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io, thread};

use neli::consts::socket::NlFamily;

use super::failure::{Error, Failure};
use super::rtnetlink::{self, Report};
use super::socket::Socket;
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

const READ_LINK: &str = "read the link";
const TAKE_DOWN: &str = "take the link down";
const SET_ADDRESS: &str = "set the address";
const BRING_UP: &str = "bring the link up";
const CLEAR_IPV6: &str = "clear the IPv6 addresses";

/// Some drivers answer before they have applied an address.
const PATIENCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(10);

/// The socket on which rtnetlink is asked; links need not be Wi-Fi.
pub struct Links {
    socket: Socket,
}

impl Links {
    /// Opens the socket.
    ///
    /// # Errors
    /// A socket cannot be had.
    pub fn open() -> Result<Self, Error> {
        Socket::open(NlFamily::Route)
            .map(|socket| Self { socket })
            .map_err(|error| Error::new("open an rtnetlink socket", error))
    }

    /// Reads a link (`RTM_GETLINK`).
    ///
    /// # Errors
    /// The link is gone, or has no six-byte address.
    pub fn link(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.report(ifindex)
            .map(|report| report.link)
            .map_err(|failure| failure.into_refusal(READ_LINK))
    }

    /// Puts an address on a card (`IFLA_ADDRESS`) and reads the link back, whatever it then shows.
    ///
    /// A driver that shows another address gets 100 ms to come round. By a bounce the link comes up
    /// under no other address than this: where the driver shows another, it stays down.
    ///
    /// # Errors
    /// The kernel or the driver refuses; the step tells whether the address had gone in by then.
    pub fn set_address(
        &mut self,
        ifindex: u32,
        address: Mac,
        how: How,
    ) -> Result<Link, KernelError> {
        match how {
            How::Cycle => return self.bounce(ifindex, address),
            How::WhileDown => self.put_address(ifindex, address)?,
            How::Live => {
                self.put_address(ifindex, address)?;
                self.clear_ipv6(ifindex)?;
            }
        }
        self.read_back(ifindex, address)
    }

    /// Takes a link down, and leaves it so.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn set_link_down(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        let refused = |failure: Failure| failure.into_refusal(TAKE_DOWN);
        let name = self.report(ifindex).map_err(refused)?.name;
        let down = rtnetlink::take_down(ifindex);
        leaving_groups_silently(&name, || self.socket.carry_out(&down)).map_err(refused)?;
        self.link(ifindex)
    }

    /// Brings a link up, with the address that it has.
    ///
    /// # Errors
    /// The kernel or the driver refuses.
    pub fn bring_up(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.socket
            .carry_out(&rtnetlink::bring_up(ifindex))
            .map_err(|failure| failure.into_refusal(BRING_UP))?;
        self.link(ifindex)
    }

    pub(super) fn find(&mut self, name: &str) -> Result<Option<Report>, Failure> {
        rtnetlink::find(&mut self.socket, name)
    }

    pub(super) fn report(&mut self, ifindex: u32) -> Result<Report, Failure> {
        rtnetlink::read(&mut self.socket, ifindex)
    }

    pub(super) fn reports(&mut self) -> Result<Vec<Report>, Failure> {
        rtnetlink::list(&mut self.socket)
    }

    fn bounce(&mut self, ifindex: u32, address: Mac) -> Result<Link, KernelError> {
        // Both in one datagram: the smallest window for anybody else to bring the link up.
        let down = rtnetlink::take_down(ifindex);
        let put = rtnetlink::set_address(ifindex, address);
        let report = self.report(ifindex);
        let name = report
            .map_err(|failure| failure.into_refusal(TAKE_DOWN))?
            .name;
        let both = || self.socket.carry_out_both([&down, &put]);
        let outcomes = leaving_groups_silently(&name, both)
            .map_err(|failure| failure.into_refusal(SET_ADDRESS))?;
        match outcomes {
            [_, Ok(())] => {}
            [Err(failure), Err(_)] => return Err(failure.into_refusal(TAKE_DOWN)),
            [Ok(()), Err(failure)] => return Err(failure.into_refusal(SET_ADDRESS)),
        }
        let link = self.read_back(ifindex, address)?;
        if link.address != address {
            return Ok(link);
        }
        let link = self.bring_up(ifindex)?;
        if link.address == address {
            Ok(link)
        } else {
            // Some drivers undo the change as the link comes up.
            self.set_link_down(ifindex)
        }
    }

    fn put_address(&mut self, ifindex: u32, address: Mac) -> Result<(), KernelError> {
        self.socket
            .carry_out(&rtnetlink::set_address(ifindex, address))
            .map_err(|failure| failure.into_refusal(SET_ADDRESS))
    }

    fn read_back(&mut self, ifindex: u32, address: Mac) -> Result<Link, KernelError> {
        let mut link = self.link(ifindex)?;
        for _ in 0..PATIENCE {
            if link.address == address {
                break;
            }
            thread::sleep(PAUSE);
            link = self.link(ifindex)?;
        }
        Ok(link)
    }

    /// A change on a link that is up leaves the link-local address made of the old one in use.
    ///
    /// # Errors
    /// The link is gone, or IPv6 cannot be switched off and on.
    pub fn clear_ipv6(&mut self, ifindex: u32) -> Result<(), KernelError> {
        let refused = |failure: Failure| failure.into_refusal(CLEAR_IPV6);
        let name = self.report(ifindex).map_err(refused)?.name;
        switch_ipv6_off_and_on(&name).map_err(|error| refused(Failure::Socket(error)))
    }
}

fn switch_ipv6_off_and_on(name: &str) -> io::Result<()> {
    let switch = ipv6_switch(name, "disable_ipv6");
    match fs::read_to_string(&switch) {
        Ok(value) if value.trim() == "0" => {
            leaving_groups_silently(name, || fs::write(&switch, "1"))?;
            fs::write(&switch, "0")
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Takes IPv6 addresses away without a trace in the next network.
///
/// The kernel is in a multicast group for the end of each address. By version 2 of MLD it remembers the
/// groups that it has left without being heard, and tells of them once there is a carrier again, in a network
/// that the address is none of the business of (`mld_add_delrec`, `mcast.c`). By version 1 it does not.
fn leaving_groups_silently<T>(name: &str, change: impl FnOnce() -> T) -> T {
    const VERSION_1: &str = "1";
    let switch = ipv6_switch(name, "force_mld_version");
    // Without IPv6 there is neither the switch nor anything to leave.
    let before = fs::read_to_string(&switch).unwrap_or_default();
    let switched = before.trim() != VERSION_1 && fs::write(&switch, VERSION_1).is_ok();
    let outcome = change();
    if switched {
        let _ = fs::write(&switch, before);
    }
    outcome
}

fn ipv6_switch(name: &str, switch: &str) -> PathBuf {
    ["/proc/sys/net/ipv6/conf", name, switch].iter().collect()
}
