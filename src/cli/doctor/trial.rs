//! Whether the driver honours an address: it gets one, and is given back its own.

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt as _, SeedableRng as _};

use crate::cli::failure::Failure;
use crate::platform::netlink::{Kernel, may_administer};
use crate::tools::doctor::{Card, Trial};
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

/// Tries it, where that disturbs nobody.
pub(super) fn attempt(
    kernel: &mut Kernel,
    card: &Card,
    macveil_runs: bool,
) -> Result<Trial, Failure> {
    let name = &card.name;
    let unless = |disturbs: bool, why: String| {
        if disturbs {
            Err(Failure::cannot(
                format!("no address is tried on {name}"),
                why,
            ))
        } else {
            Ok(())
        }
    };
    let ifindex = card.kernel.ifindex;
    unless(
        !may_administer(),
        "that needs root, or CAP_NET_ADMIN".to_owned(),
    )?;
    unless(
        macveil_runs,
        "macveil is running, and has tried it already: `macveil status` says what came of it"
            .to_owned(),
    )?;
    unless(card.owner.is_some(), "another program drives it".to_owned())?;
    unless(
        kernel.has_carrier(name, ifindex),
        format!("it is connected: end that first (`wpa_cli -i {name} disconnect`)"),
    )?;
    let address = drawn()?;
    let before = kernel
        .link(ifindex)
        .map_err(|error| Failure::cannot(format!("cannot look at {name}"), refused(&error)))?;
    let trial = put(kernel, ifindex, before, address);
    Ok(match restore(kernel, ifindex, before) {
        Ok(now) if now == before => trial,
        Ok(now) => Trial::NotRestored(format!("it shows {}", now.address)),
        Err(error) => Trial::NotRestored(refused(&error)),
    })
}

fn drawn() -> Result<Mac, Failure> {
    let mut rng = StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::cannot("cannot get randomness from the system", error))?;
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
        // Some drivers undo the change as the link comes up.
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
    kernel.set_address(ifindex, address, How::WhileDown)
}

fn restore(kernel: &mut Kernel, ifindex: u32, before: Link) -> Result<Link, KernelError> {
    kernel.set_link_down(ifindex)?;
    let now = kernel.set_address(ifindex, before.address, How::WhileDown)?;
    if before.up {
        kernel.bring_up(ifindex)
    } else {
        Ok(now)
    }
}

fn refused(refusal: &KernelError) -> String {
    format!("cannot {refusal}")
}
