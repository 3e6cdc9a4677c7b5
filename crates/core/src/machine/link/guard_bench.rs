//! The kernel's source guard in the test benches of the machines.

use crate::machine::action::SourceGuard;
use crate::types::Mac;

/// The guard as it was last set.
#[derive(Debug, Default)]
pub(in crate::machine) struct GuardBench {
    pub(in crate::machine) now: Option<SourceGuard>,
    /// The last address that the machine set.
    set: Option<Mac>,
}

impl GuardBench {
    /// No frame may leave under another address than the next one, before that is set.
    pub(in crate::machine) fn check_setting(&mut self, address: Mac) {
        self.set = Some(address);
        let allowed = [SourceGuard::Only(address), SourceGuard::Nothing];
        let now = self.now.expect("a guard before the first address");
        assert!(allowed.contains(&now), "{now:?} while {address} is set");
    }

    /// All actions are done.
    pub(in crate::machine) fn check_settled(&self, address: Mac) {
        if let Some(SourceGuard::Only(allowed)) = self.now {
            let right = allowed == address || self.set == Some(allowed);
            assert!(right, "frames of {allowed} pass, the address is {address}");
        }
    }
}
