//! Privileges of this process.

use rustix::thread::{CapabilitySet, capabilities};

/// Whether this process has `CAP_NET_ADMIN`, which every change of a link requires.
#[must_use]
pub fn has_net_admin() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::NET_ADMIN))
}
