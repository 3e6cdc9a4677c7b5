//! Setting an address: set it, read it back, and bring the link up under no other address.

use std::time::Duration;

use crate::machine::{How, KernelError, Link};
use crate::types::Mac;

/// Some drivers apply an address only after they reported success: the link is read again after this pause.
const READ_PAUSE: Duration = Duration::from_millis(10);
const MAX_READS: u32 = 10;

/// One attempt to set an address.
///
/// The first step is [`LinkStep::SetAddress`]; [`AddressSetter::handle`] returns the next one for the
/// answer to each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressSetter {
    address: Mac,
    how: How,
    state: State,
    reads: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The address was sent to the driver, or the link is being read again.
    Setting,
    /// The driver is late: the link is read again after a pause.
    Waiting,
    /// Another program brought the link up under another address: it goes down again.
    Lowering,
    /// The address is in place: the link comes up.
    Raising,
    /// The driver reverted the address as the link came up: it goes down again.
    Reverting,
}

/// A step for the kernel; answered by the link as read afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStep {
    /// Set this address. For [`How::Cycle`] the link goes down first, and stays down.
    SetAddress(Mac, How),
    /// Take the link down.
    SetLinkDown,
    /// Bring the link up.
    BringUp,
    /// Read the link.
    ReadLink,
}

/// What an attempt needs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// This step.
    Step(LinkStep),
    /// A pause, then [`LinkStep::ReadLink`].
    Wait(Duration),
    /// Nothing: this is the link now, under the address or not.
    Done(Result<Link, KernelError>),
}

impl AddressSetter {
    /// Starts an attempt, and returns its first step.
    #[must_use]
    pub const fn new(address: Mac, how: How) -> (Self, LinkStep) {
        let setter = Self {
            address,
            how,
            state: State::Setting,
            reads: 0,
        };
        (setter, LinkStep::SetAddress(address, how))
    }

    /// The address to set.
    pub(super) const fn address(&self) -> Mac {
        self.address
    }

    /// Handles the answer to the last step.
    pub fn handle(&mut self, answer: Result<Link, KernelError>) -> Progress {
        let link = match answer {
            Ok(link) => link,
            Err(error) => return Progress::Done(Err(error)),
        };
        match self.state {
            State::Setting | State::Waiting | State::Lowering if link.address == self.address => {
                self.in_place(link)
            }
            State::Setting | State::Waiting if self.came_up(link) && self.reads < MAX_READS => {
                self.reads += 1;
                self.lower()
            }
            State::Setting | State::Waiting | State::Lowering => self.wait(link),
            State::Raising if link.address != self.address => {
                self.state = State::Reverting;
                Progress::Step(LinkStep::SetLinkDown)
            }
            State::Raising | State::Reverting => Progress::Done(Ok(link)),
        }
    }

    /// Handles a notification of the link; `None` if it changes nothing.
    pub fn handle_change(&mut self, link: Link) -> Option<Progress> {
        match self.state {
            State::Waiting if link.address == self.address => Some(self.in_place(link)),
            State::Waiting if self.came_up(link) => Some(self.lower()),
            State::Setting
            | State::Waiting
            | State::Lowering
            | State::Raising
            | State::Reverting => None,
        }
    }

    /// Another program brought the link up before the address was in place.
    fn came_up(&self, link: Link) -> bool {
        link.up && self.how != How::Live
    }

    /// It is to be up: once the address is in place, it comes up again.
    fn lower(&mut self) -> Progress {
        self.how = How::Cycle;
        self.state = State::Lowering;
        Progress::Step(LinkStep::SetLinkDown)
    }

    fn in_place(&mut self, link: Link) -> Progress {
        if self.how == How::Cycle && !link.up {
            self.state = State::Raising;
            return Progress::Step(LinkStep::BringUp);
        }
        Progress::Done(Ok(link))
    }

    fn wait(&mut self, link: Link) -> Progress {
        if self.reads >= MAX_READS {
            return Progress::Done(Ok(link));
        }
        self.reads += 1;
        self.state = State::Waiting;
        Progress::Wait(READ_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const NEW: Mac = Mac([2, 0, 0, 0, 0, 2]);

    const fn link(address: Mac, up: bool) -> Link {
        let carrier = false;
        Link {
            address,
            up,
            carrier,
        }
    }

    fn setter(how: How) -> AddressSetter {
        let (setter, step) = AddressSetter::new(NEW, how);
        assert_eq!(step, LinkStep::SetAddress(NEW, how));
        setter
    }

    fn done(address: Mac, up: bool) -> Progress {
        Progress::Done(Ok(link(address, up)))
    }

    #[test]
    fn cycle_brings_the_link_up_under_the_address_only() {
        let mut setter = setter(How::Cycle);
        let up = Progress::Step(LinkStep::BringUp);
        assert_eq!(setter.handle(Ok(link(NEW, false))), up);
        assert_eq!(setter.handle(Ok(link(NEW, true))), done(NEW, true));
    }

    #[test]
    fn driver_that_reverts_is_taken_down_again() {
        let mut setter = setter(How::Cycle);
        setter.handle(Ok(link(NEW, false)));
        let down = Progress::Step(LinkStep::SetLinkDown);
        assert_eq!(setter.handle(Ok(link(OLD, true))), down);
        assert_eq!(setter.handle(Ok(link(OLD, false))), done(OLD, false));
    }

    #[test]
    fn late_driver_is_read_ten_times() {
        for how in [How::Cycle, How::WhileDown, How::Live] {
            let mut setter = setter(how);
            for _ in 0..MAX_READS {
                let wait = Progress::Wait(READ_PAUSE);
                assert_eq!(setter.handle(Ok(link(OLD, false))), wait);
            }
            assert_eq!(setter.handle(Ok(link(OLD, false))), done(OLD, false));
        }
    }

    #[test]
    fn notification_of_the_address_ends_the_wait() {
        let mut setter = setter(How::WhileDown);
        setter.handle(Ok(link(OLD, false)));
        assert_eq!(setter.handle_change(link(OLD, false)), None);
        let end = setter.handle_change(link(NEW, false));
        assert_eq!(end, Some(done(NEW, false)));
    }

    #[test]
    fn link_that_comes_up_while_waiting_goes_down() {
        for how in [How::Cycle, How::WhileDown] {
            let mut setter = setter(how);
            setter.handle(Ok(link(OLD, false)));
            let down = Progress::Step(LinkStep::SetLinkDown);
            assert_eq!(setter.handle_change(link(OLD, true)), Some(down.clone()));
            assert_eq!(setter.handle_change(link(OLD, true)), None);
            let wait = Progress::Wait(READ_PAUSE);
            assert_eq!(setter.handle(Ok(link(OLD, false))), wait);
            // Nor is it up long if only the link itself tells.
            assert_eq!(setter.handle(Ok(link(OLD, true))), down);
            let up = Progress::Step(LinkStep::BringUp);
            assert_eq!(setter.handle(Ok(link(NEW, false))), up, "as it was to be");
        }
    }
}
