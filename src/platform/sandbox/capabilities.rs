//! Drops all capabilities but `CAP_NET_ADMIN`, which the daemon needs.

use rustix::io::{Errno, Result};
use rustix::thread::{self, CapabilitySet, CapabilitySets};

const NEEDED: CapabilitySet = CapabilitySet::NET_ADMIN;

pub(super) fn drop_others() -> core::result::Result<&'static str, String> {
    // First, because it needs CAP_SETPCAP.
    let bounded = shrink_bounding_set();
    thread::set_no_new_privs(true).map_err(|error| format!("no_new_privs: {error}"))?;
    // Fails before Linux 4.3.
    let _ = thread::clear_ambient_capability_set();
    let only = CapabilitySets {
        effective: NEEDED,
        permitted: NEEDED,
        inheritable: CapabilitySet::empty(),
    };
    thread::set_capabilities(None, only).map_err(|error| format!("not dropped: {error}"))?;
    Ok(match bounded {
        Ok(()) => "only CAP_NET_ADMIN is left",
        Err(_) => "only CAP_NET_ADMIN is left, but the bounding set is unchanged",
    })
}

fn shrink_bounding_set() -> Result<()> {
    for number in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        if capability == NEEDED {
            continue;
        }
        match thread::capability_is_in_bounding_set(capability) {
            Ok(true) => thread::remove_capability_from_bounding_set(capability)?,
            Ok(false) => {}
            // The kernel has no more capabilities.
            Err(Errno::INVAL) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
