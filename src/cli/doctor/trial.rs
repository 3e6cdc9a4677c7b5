//! Tests whether the driver accepts another address, then restores the previous one.

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt as _, SeedableRng as _};

use crate::cli::failure::Failure;
use crate::platform::netlink::{Kernel, has_net_admin};
use crate::tools::address::set_address;
use crate::tools::doctor::{CardFacts, Trial};
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

/// Runs the test, unless it would interrupt something.
pub(super) fn attempt(
    kernel: &mut Kernel,
    card: &CardFacts,
    macveil_runs: bool,
) -> Result<Trial, Failure> {
    let name = &card.name;
    let unless = |disturbs: bool, why: String| {
        if disturbs {
            Err(Failure::cannot(
                format!("cannot test an address on {name}"),
                why,
            ))
        } else {
            Ok(())
        }
    };
    let ifindex = card.kernel.ifindex;
    unless(
        !has_net_admin(),
        "this requires root or CAP_NET_ADMIN".to_owned(),
    )?;
    unless(
        macveil_runs,
        "macveil is running and has already tested it: see `macveil status`".to_owned(),
    )?;
    unless(
        card.owner.is_some(),
        "another program controls it".to_owned(),
    )?;
    unless(
        kernel.has_carrier(name, ifindex),
        format!("it is connected: disconnect first (`wpa_cli -i {name} disconnect`)"),
    )?;
    let address = drawn()?;
    let before = kernel.link(ifindex).map_err(|error| {
        Failure::cannot(format!("cannot read the state of {name}"), refused(&error))
    })?;
    let trial = put(kernel, ifindex, before, address);
    Ok(match restore(kernel, ifindex, before) {
        Ok(now) if now == before => trial,
        Ok(now) => Trial::NotRestored(format!("the card shows {}", now.address)),
        Err(error) => Trial::NotRestored(refused(&error)),
    })
}

fn drawn() -> Result<Mac, Failure> {
    let mut rng = StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::cannot("cannot get random numbers from the system", error))?;
    let mut bytes: [u8; 6] = rng.random();
    let [first, ..] = &mut bytes;
    *first = (*first | 2) & !1;
    Ok(Mac(bytes))
}

fn put(kernel: &mut Kernel, ifindex: u32, before: Link, address: Mac) -> Trial {
    match set_down(kernel, ifindex, before, address) {
        Err(refusal) => return Trial::Refused(refused(&refusal)),
        Ok(link) if link.address != address => return Trial::Ignored,
        Ok(_) => {}
    }
    match kernel.bring_up(ifindex) {
        // Some drivers revert the change when the link comes up.
        Ok(link) if link.address != address => Trial::Ignored,
        Ok(_) => Trial::Honoured { up: true },
        Err(_) => Trial::Honoured { up: false },
    }
}

fn set_down(
    kernel: &mut Kernel,
    ifindex: u32,
    before: Link,
    address: Mac,
) -> Result<Link, KernelError> {
    if before.up {
        kernel.set_link_down(ifindex)?;
    }
    set_address(address, How::WhileDown, |step| {
        kernel.carry_out(ifindex, step)
    })
}

fn restore(kernel: &mut Kernel, ifindex: u32, before: Link) -> Result<Link, KernelError> {
    kernel.set_link_down(ifindex)?;
    let carry_out = |step| kernel.carry_out(ifindex, step);
    let now = set_address(before.address, How::WhileDown, carry_out)?;
    if before.up {
        kernel.bring_up(ifindex)
    } else {
        Ok(now)
    }
}

fn refused(refusal: &KernelError) -> String {
    format!("cannot {refusal}")
}
