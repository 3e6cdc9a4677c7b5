//! Changes the address of an interface once.

mod change;
mod guard;
mod names;
mod request;
mod tap;
#[cfg(test)]
mod tests;

use crate::platform::netlink::{Adapter, Links, has_net_admin};
use crate::tools::address;
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

pub(crate) use change::Change;
pub(crate) use guard::{ManagedElsewhere, Permission, check_not_managed};
pub(crate) use names::VendorNames;
pub(crate) use request::{PolicyOptions, RequestError, RequestedAddress};

use change::LinkControl;

/// Sets an address. Without privileges this is possible only for TAP devices, by their owner.
pub(crate) fn set_address(adapter: &Adapter, mut links: Links, address: Mac) -> Change {
    if has_net_admin() {
        // One that macveil left would drop all frames under the new address.
        links.remove_source_guard(adapter.ifindex);
    }
    let link = &mut (links, adapter.ifindex);
    if adapter.link.address == address {
        Change::Unchanged
    } else if has_net_admin() {
        change::change(link, adapter.link, address)
    } else {
        tap::change(link, adapter, address)
    }
}

/// The kernel's links and the index of one of them.
impl LinkControl for (Links, u32) {
    fn read(&mut self) -> Result<Link, KernelError> {
        self.0.link(self.1)
    }

    fn set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        let (links, ifindex) = self;
        address::set_address(address, how, |step| links.carry_out(*ifindex, step))
    }

    fn bring_up(&mut self) -> Result<Link, KernelError> {
        self.0.bring_up(self.1)
    }
}
