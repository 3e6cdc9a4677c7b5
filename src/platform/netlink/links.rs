//! Reads links, sets their addresses and takes them up and down.

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
const MAX_READ_BACKS: u32 = 10;
const READ_BACK_INTERVAL: Duration = Duration::from_millis(10);

/// An rtnetlink socket for requests; works on any link, not only Wi-Fi.
pub struct Links {
    socket: Socket,
}

impl Links {
    /// Opens the socket.
    ///
    /// # Errors
    /// The socket cannot be opened.
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
            .map_err(|failure| failure.into_kernel_error(READ_LINK))
    }

    /// Sets the address of a card (`IFLA_ADDRESS`) and returns the link as read back.
    ///
    /// A driver has 100 ms to apply the address. With [`How::Cycle`] the link comes up only with the
    /// new address; if the driver shows another one, the link stays down.
    ///
    /// # Errors
    /// The kernel or the driver rejects a step; the step shows whether the address was already set.
    pub fn set_address(
        &mut self,
        ifindex: u32,
        address: Mac,
        how: How,
    ) -> Result<Link, KernelError> {
        match how {
            How::Cycle => return self.cycle(ifindex, address),
            How::WhileDown => self.put_address(ifindex, address)?,
            How::Live => {
                self.put_address(ifindex, address)?;
                self.clear_ipv6(ifindex)?;
            }
        }
        self.read_back(ifindex, address)
    }

    /// Takes a link down.
    ///
    /// # Errors
    /// The kernel rejects the request.
    pub fn set_link_down(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        let refused = |failure: Failure| failure.into_kernel_error(TAKE_DOWN);
        let name = self.report(ifindex).map_err(refused)?.name;
        let down = rtnetlink::take_down(ifindex);
        without_group_reports(&name, || self.socket.execute(&down)).map_err(refused)?;
        self.link(ifindex)
    }

    /// Brings a link up with its current address.
    ///
    /// # Errors
    /// The kernel or the driver rejects the request.
    pub fn bring_up(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        self.socket
            .execute(&rtnetlink::bring_up(ifindex))
            .map_err(|failure| failure.into_kernel_error(BRING_UP))?;
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

    fn cycle(&mut self, ifindex: u32, address: Mac) -> Result<Link, KernelError> {
        // Both requests in one datagram leave other programs the least time to bring the link up.
        let down = rtnetlink::take_down(ifindex);
        let put = rtnetlink::set_address(ifindex, address);
        let report = self.report(ifindex);
        let name = report
            .map_err(|failure| failure.into_kernel_error(TAKE_DOWN))?
            .name;
        let both = || self.socket.execute_both([&down, &put]);
        let outcomes = without_group_reports(&name, both)
            .map_err(|failure| failure.into_kernel_error(SET_ADDRESS))?;
        match outcomes {
            [_, Ok(())] => {}
            [Err(failure), Err(_)] => return Err(failure.into_kernel_error(TAKE_DOWN)),
            [Ok(()), Err(failure)] => return Err(failure.into_kernel_error(SET_ADDRESS)),
        }
        let link = self.read_back(ifindex, address)?;
        if link.address != address {
            return Ok(link);
        }
        let link = self.bring_up(ifindex)?;
        if link.address == address {
            Ok(link)
        } else {
            // Some drivers revert the change when the link comes up.
            self.set_link_down(ifindex)
        }
    }

    fn put_address(&mut self, ifindex: u32, address: Mac) -> Result<(), KernelError> {
        self.socket
            .execute(&rtnetlink::set_address(ifindex, address))
            .map_err(|failure| failure.into_kernel_error(SET_ADDRESS))
    }

    fn read_back(&mut self, ifindex: u32, address: Mac) -> Result<Link, KernelError> {
        let mut link = self.link(ifindex)?;
        for _ in 0..MAX_READ_BACKS {
            if link.address == address {
                break;
            }
            thread::sleep(READ_BACK_INTERVAL);
            link = self.link(ifindex)?;
        }
        Ok(link)
    }

    /// Removes IPv6 addresses: after a change on a link that is up, the link-local address derived
    /// from the old MAC address stays in use.
    ///
    /// # Errors
    /// The link is gone, or IPv6 cannot be disabled and enabled.
    pub fn clear_ipv6(&mut self, ifindex: u32) -> Result<(), KernelError> {
        let refused = |failure: Failure| failure.into_kernel_error(CLEAR_IPV6);
        let name = self.report(ifindex).map_err(refused)?.name;
        toggle_ipv6(&name).map_err(|error| refused(Failure::Socket(error)))
    }
}

fn toggle_ipv6(name: &str) -> io::Result<()> {
    let switch = ipv6_switch(name, "disable_ipv6");
    match fs::read_to_string(&switch) {
        Ok(value) if value.trim() == "0" => {
            without_group_reports(name, || fs::write(&switch, "1"))?;
            fs::write(&switch, "0")
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Runs a change that removes IPv6 addresses so that the next network learns nothing about them.
///
/// The kernel joins a multicast group for the last bits of each address. With MLD version 2 it remembers
/// groups that it left without a carrier and reports them when the carrier returns, possibly in another
/// network (`mld_add_delrec`, `mcast.c`). With version 1 it does not.
fn without_group_reports<T>(name: &str, change: impl FnOnce() -> T) -> T {
    const VERSION_1: &str = "1";
    let switch = ipv6_switch(name, "force_mld_version");
    // Without IPv6, neither this file nor the groups exist.
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
