//! Reads links, sets their addresses and takes them up and down.

use std::path::PathBuf;
use std::{fs, io};

use neli::consts::socket::NlFamily;

use super::failure::{Error, Failure};
use super::guard::{self, Guards};
use super::kept::Keeper;
use super::rtnetlink::{self, Membership, Report};
use super::socket::Socket;
use super::sysfs;
use macveil_core::machine::{How, KernelError, Link, LinkStep, SourceGuard};
use macveil_core::types::{Mac, Ssid};

const READ_LINK: &str = "read the link";
const TAKE_DOWN: &str = "take the link down";
const SET_ADDRESS: &str = "set the address";
const BRING_UP: &str = "bring the link up";
const CLEAR_IPV6: &str = "clear the IPv6 addresses";

/// An rtnetlink socket for requests; works on any link, not only Wi-Fi.
pub struct Links {
    socket: Socket,
    guards: Guards,
    kept: Keeper,
}

impl Links {
    /// Opens the socket.
    ///
    /// # Errors
    /// The socket cannot be opened.
    pub fn open() -> Result<Self, Error> {
        Socket::open(NlFamily::Route)
            .map(|socket| Self {
                socket,
                guards: Guards::default(),
                kept: Keeper::default(),
            })
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

    /// Sets an address (`IFLA_ADDRESS`) and reads the link once, whatever it then shows. With
    /// [`How::Cycle`] the link goes down first, and stays down.
    ///
    /// Whether the driver is late, or ignores the address, is for
    /// [`AddressSetter`](macveil_core::machine::AddressSetter) to decide.
    ///
    /// # Errors
    /// The kernel or the driver refuses.
    pub fn set_address(
        &mut self,
        ifindex: u32,
        address: Mac,
        how: How,
    ) -> Result<Link, KernelError> {
        match how {
            How::Cycle => self.set_address_and_down(ifindex, address)?,
            How::WhileDown => self.put_address(ifindex, address)?,
            How::Live => {
                self.put_address(ifindex, address)?;
                self.clear_ipv6(ifindex)?;
            }
        }
        self.link(ifindex)
    }

    /// Carries out one step of an [`AddressSetter`](macveil_core::machine::AddressSetter).
    ///
    /// # Errors
    /// The kernel or the driver refuses.
    pub fn carry_out(&mut self, ifindex: u32, step: LinkStep) -> Result<Link, KernelError> {
        match step {
            LinkStep::SetAddress(address, how) => self.set_address(ifindex, address, how),
            LinkStep::SetLinkDown => self.set_link_down(ifindex),
            LinkStep::BringUp => self.bring_up(ifindex),
            LinkStep::ReadLink => self.link(ifindex),
        }
    }

    /// Takes a link down.
    ///
    /// # Errors
    /// The kernel rejects the request.
    pub fn set_link_down(&mut self, ifindex: u32) -> Result<Link, KernelError> {
        let refused = |failure: Failure| failure.into_kernel_error(TAKE_DOWN);
        let name = self.report(ifindex).map_err(refused)?.name;
        self.kept.note(&mut self.socket, ifindex);
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

    /// Sets or removes the source guard.
    ///
    /// # Errors
    /// The kernel has no hook for it, or the interface sends frames of others.
    pub fn set_source_guard(
        &mut self,
        ifindex: u32,
        guard: SourceGuard,
    ) -> Result<(), KernelError> {
        let refused = |failure: Failure| failure.into_kernel_error(guard::STEP);
        let report = match self.report(ifindex) {
            // Nothing leaves it any more.
            Err(failure) if failure.is_not_found() => return Ok(()),
            report => report.map_err(refused)?,
        };
        if let Some(reason) = forwards(&report).filter(|_| guard != SourceGuard::Off) {
            self.remove_source_guard(ifindex);
            return Err(KernelError {
                step: guard::STEP,
                errno: None,
                reason: reason.to_owned(),
            });
        }
        let interface = (ifindex, report.name.as_str());
        self.guards.set(&mut self.socket, interface, guard)
    }

    /// Removes the source guard that any process set.
    pub fn remove_source_guard(&mut self, ifindex: u32) {
        self.guards.remove(&mut self.socket, ifindex);
    }

    /// The interface is gone: so is its source guard.
    pub fn forget_source_guard(&mut self, ifindex: u32) {
        self.kept.forget(ifindex);
        self.guards.forget(&mut self.socket, ifindex);
    }

    /// Whether the source guard is as it was ordered last.
    pub fn source_guard_is_in_place(&mut self, ifindex: u32) -> bool {
        self.guards.is_in_place(&mut self.socket, ifindex)
    }

    /// Whether the interface now sends frames of others, or no longer, contrary to its guard.
    pub fn source_guard_must_change(&mut self, ifindex: u32) -> bool {
        let forwards = self.report(ifindex).ok().and_then(|it| forwards(&it));
        forwards.is_some() == self.guards.is_ordered(ifindex)
    }

    /// Removes the addresses that the interface got in its last network, before it joins another one.
    pub fn leave_network(&mut self, ifindex: u32) {
        self.kept.leave_network(&mut self.socket, ifindex);
    }

    /// Sets what the interface had in this network and lost when its link went down.
    pub fn enter_network(&mut self, ifindex: u32, ssid: &Ssid) {
        if let Ok(report) = self.report(ifindex) {
            self.kept.hold_mld(ifindex, &report.name);
        }
        self.kept.enter_network(&mut self.socket, ifindex, ssid);
    }

    /// The interface is no longer macveil's: the kernel's settings are as before.
    pub fn release(&mut self, ifindex: u32) {
        self.kept.release(ifindex);
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

    fn set_address_and_down(&mut self, ifindex: u32, address: Mac) -> Result<(), KernelError> {
        // Both in one datagram: the shortest time for another program to bring the link up.
        let down = rtnetlink::take_down(ifindex);
        let put = rtnetlink::set_address(ifindex, address);
        let report = self.report(ifindex);
        let name = report
            .map_err(|failure| failure.into_kernel_error(TAKE_DOWN))?
            .name;
        self.kept.note(&mut self.socket, ifindex);
        let both = || self.socket.execute_both([&down, &put]);
        let outcomes = without_group_reports(&name, both)
            .map_err(|failure| failure.into_kernel_error(SET_ADDRESS))?;
        match outcomes {
            [_, Ok(())] => Ok(()),
            [Err(failure), Err(_)] => Err(failure.into_kernel_error(TAKE_DOWN)),
            [Ok(()), Err(failure)] => Err(failure.into_kernel_error(SET_ADDRESS)),
        }
    }

    fn put_address(&mut self, ifindex: u32, address: Mac) -> Result<(), KernelError> {
        self.socket
            .execute(&rtnetlink::set_address(ifindex, address))
            .map_err(|failure| failure.into_kernel_error(SET_ADDRESS))
    }

    /// A change on a link that is up leaves the link-local address made of the old one in use.
    ///
    /// # Errors
    /// The link is gone, or IPv6 cannot be disabled and enabled.
    pub fn clear_ipv6(&mut self, ifindex: u32) -> Result<(), KernelError> {
        let refused = |failure: Failure| failure.into_kernel_error(CLEAR_IPV6);
        let name = self.report(ifindex).map_err(refused)?.name;
        self.kept.note(&mut self.socket, ifindex);
        toggle_ipv6(&name).map_err(|error| refused(Failure::Socket(error)))
    }
}

/// Why frames with other source addresses leave the interface rightly, if so.
fn forwards(report: &Report) -> Option<&'static str> {
    if report.member == Some(Membership::Bridge) {
        return Some("the interface is a port of a bridge, which sends frames of others");
    }
    let others = sysfs::has_upper_address(&report.name, report.ifindex, report.link.address);
    others.then_some("an interface on top of it (macvlan, bridge) has another address")
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
    let switch = mld_switch(name);
    // Without IPv6, neither this file nor the groups exist.
    let before = fs::read_to_string(&switch).unwrap_or_default();
    let switched = before.trim() != VERSION_1 && fs::write(&switch, VERSION_1).is_ok();
    let outcome = change();
    if switched {
        let _ = fs::write(&switch, before);
    }
    outcome
}

pub(super) fn mld_switch(name: &str) -> PathBuf {
    ipv6_switch(name, "force_mld_version")
}

fn ipv6_switch(name: &str, switch: &str) -> PathBuf {
    ["/proc/sys/net/ipv6/conf", name, switch].iter().collect()
}
