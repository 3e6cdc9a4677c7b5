//! What this process may do.

use rustix::thread::{CapabilitySet, capabilities};

/// Whether this process has `CAP_NET_ADMIN`, without which no link can be changed.
#[must_use]
pub fn may_administer() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::NET_ADMIN))
}
