//! Sets an address once, with the steps of the daemon's machines.

use std::thread;

use macveil_core::machine::{AddressSetter, How, KernelError, Link, LinkStep, Progress};
use macveil_core::types::Mac;

/// Sets an address, waits for a late driver, and returns the link as last read.
///
/// # Errors
/// The kernel or the driver refused a step.
pub(crate) fn set_address(
    address: Mac,
    how: How,
    mut carry_out: impl FnMut(LinkStep) -> Result<Link, KernelError>,
) -> Result<Link, KernelError> {
    let (mut setter, mut step) = AddressSetter::new(address, how);
    loop {
        step = match setter.handle(carry_out(step)) {
            Progress::Step(step) => step,
            Progress::Wait(pause) => {
                thread::sleep(pause);
                LinkStep::ReadLink
            }
            Progress::Done(result) => return result,
        };
    }
}
