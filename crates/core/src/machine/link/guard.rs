//! Which source addresses data frames may have at this moment.
//!
//! A program that read the address once and builds its own frames goes on with it after a change, and the
//! kernel sends what it builds. So the kernel is told to drop frames with another source address. The order
//! is given before the address is set: in between, no frame passes at all.

use super::KernelError;
use crate::machine::action::SourceGuard;
use crate::types::Mac;

/// What the guard is, and what it should be.
#[derive(Debug)]
pub(super) struct GuardState {
    /// The last order, unless it is known to be gone.
    ordered: Option<SourceGuard>,
    /// No data frame has to leave under this address.
    silent: Option<Mac>,
    /// The interface is not protected, or no longer macveil's.
    is_off: bool,
    /// Why there is no guard, if there is none.
    failure: Option<KernelError>,
}

impl GuardState {
    pub(super) const fn new() -> Self {
        Self {
            ordered: None,
            silent: None,
            is_off: false,
            failure: None,
        }
    }

    /// The order to give now, if it is not given yet. `address` is the one that the link has, or is about
    /// to get.
    pub(super) fn take_order(&mut self, address: Mac) -> Option<SourceGuard> {
        let wanted = if self.is_off {
            SourceGuard::Off
        } else if self.silent == Some(address) {
            SourceGuard::Nothing
        } else {
            SourceGuard::Only(address)
        };
        (self.ordered.replace(wanted) != Some(wanted)).then_some(wanted)
    }

    pub(super) const fn set_silent(&mut self, address: Option<Mac>) {
        self.silent = address;
        self.is_off = false;
    }

    /// No frame has to leave under this address; without one, under any that the link has.
    pub(super) const fn hush(&mut self, address: Option<Mac>) {
        self.silent = address;
    }

    pub(super) const fn set_off(&mut self, is_off: bool) {
        self.is_off = is_off;
    }

    /// Another program removed it.
    pub(super) const fn lost(&mut self) {
        self.ordered = None;
    }

    /// Notes the answer to an order; returns the first failure in a row.
    pub(super) fn answered(&mut self, answer: Result<(), KernelError>) -> Option<KernelError> {
        let known = std::mem::replace(&mut self.failure, answer.err());
        self.failure.clone().filter(|_| known.is_none())
    }

    pub(super) const fn failure(&self) -> Option<&KernelError> {
        self.failure.as_ref()
    }
}
