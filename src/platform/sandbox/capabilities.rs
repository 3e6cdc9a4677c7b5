//! `CAP_NET_ADMIN` is kept, because it is what the daemon works with.

use rustix::io::{Errno, Result};
use rustix::thread::{self, CapabilitySet, CapabilitySets};

const KEPT: CapabilitySet = CapabilitySet::NET_ADMIN;

pub(super) fn keep_one() -> core::result::Result<&'static str, String> {
    // Needs a capability itself.
    let bounded = bound();
    thread::set_no_new_privs(true).map_err(|error| format!("no_new_privs: {error}"))?;
    // Not there before Linux 4.3.
    let _ = thread::clear_ambient_capability_set();
    let only = CapabilitySets {
        effective: KEPT,
        permitted: KEPT,
        inheritable: CapabilitySet::empty(),
    };
    thread::set_capabilities(None, only).map_err(|error| format!("not dropped: {error}"))?;
    Ok(match bounded {
        Ok(()) => "only CAP_NET_ADMIN is left",
        Err(_) => "only CAP_NET_ADMIN is left, the bounding set is as it was",
    })
}

fn bound() -> Result<()> {
    for number in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        if capability == KEPT {
            continue;
        }
        match thread::capability_is_in_bounding_set(capability) {
            Ok(true) => thread::remove_capability_from_bounding_set(capability)?,
            Ok(false) => {}
            // This kernel has no more of them.
            Err(Errno::INVAL) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
