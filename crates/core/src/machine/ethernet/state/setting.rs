//! Setting the assigned address on a link without a carrier: the link goes down, gets the address, and comes
//! up again only under that address.

use std::time::Duration;

use super::{Blocked, Chance, Connected, Context, State, Unplugged};
use crate::machine::KernelError;
use crate::machine::action::How;
use crate::machine::event::Link;
use crate::machine::notice::Notice;
use crate::types::Mac;

/// A refusal can be transient (`EBUSY` while another program brings the link up).
const MAX_TRIES: u32 = 4;
const RETRY_PAUSE: Duration = Duration::from_millis(60);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Setting {
    address: Mac,
    step: Step,
    tries: u32,
}

/// The last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// None yet.
    Begin,
    Down,
    Address,
    Up,
    /// None: the timer continues.
    Wait,
}

impl Setting {
    pub(super) fn begin(cx: &mut Context, chance: Chance) -> State {
        cx.core.timer = None;
        cx.core.forget_attempt();
        match cx.assign(chance) {
            Ok(address) => {
                cx.assigned = Some(address);
                let setting = Self {
                    address,
                    step: Step::Begin,
                    tries: 0,
                };
                setting.proceed(cx)
            }
            Err(error) => Blocked::unassigned(cx, &error),
        }
    }

    /// Takes the next step that the link needs.
    fn proceed(mut self, cx: &mut Context) -> State {
        match next_step(cx, self.address) {
            None => self.done(cx),
            Some(step) => {
                self.step = step;
                State::Setting(self)
            }
        }
    }

    fn done(self, cx: &mut Context) -> State {
        if self.step != Step::Begin {
            let address = self.address;
            cx.core.notify(Notice::Assigned { address });
        }
        cx.note_assigned();
        if cx.core.link.carrier {
            Connected::begin(cx)
        } else {
            Unplugged::begin(cx)
        }
    }

    /// The link, as the last step left it.
    pub(super) fn answered(self, cx: &mut Context, answer: Result<Link, KernelError>) -> State {
        let link = match answer {
            Ok(link) => link,
            Err(error) => return self.refused(cx, &error),
        };
        let has_address = link.address == self.address;
        match self.step {
            Step::Down if link.up => {
                let reason = "another program brought it up again".to_owned();
                self.refused(cx, &error("keep the link down", reason))
            }
            Step::Address if !has_address => {
                self.refused(cx, &KernelError::of_another_address(link))
            }
            // Another try would show the wrong address again.
            Step::Up if !has_address => {
                let reason = format!("once up, the address is {}", link.address);
                Blocked::refused(cx, &error("keep the address", reason))
            }
            // Another program can have taken the link down again: it stays down.
            Step::Up => self.done(cx),
            Step::Begin | Step::Down | Step::Address | Step::Wait => self.proceed(cx),
        }
    }

    fn refused(mut self, cx: &mut Context, error: &KernelError) -> State {
        self.tries += 1;
        if self.tries >= MAX_TRIES {
            return Blocked::refused(cx, error);
        }
        if cx.core.link.up {
            self.step = Step::Down;
            cx.core.timer = None;
            cx.core.set_link_down();
        } else {
            self.step = Step::Wait;
            cx.core.wake_in(RETRY_PAUSE * self.tries);
        }
        State::Setting(self)
    }

    pub(super) fn link_changed(mut self, cx: &mut Context, link: Link) -> State {
        if link.address == self.address {
            // Another program set it.
            return self.proceed(cx);
        }
        // While the address is being set, the setter takes the link down.
        if link.up && self.step != Step::Address {
            cx.core.timer = None;
            self.step = Step::Down;
            cx.core.set_link_down();
        }
        State::Setting(self)
    }

    pub(super) fn timeout(self, cx: &mut Context) -> State {
        self.proceed(cx)
    }
}

/// Starts the step that brings the link nearer to this address; `None` if the address is in place.
pub(super) fn next_step(cx: &mut Context, address: Mac) -> Option<Step> {
    let link = cx.core.link;
    if link.address != address {
        if link.up {
            cx.core.set_link_down();
            return Some(Step::Down);
        }
        cx.core.set_address(address, How::WhileDown);
        return Some(Step::Address);
    }
    if !link.up && cx.core.is_held_down {
        cx.core.bring_up();
        return Some(Step::Up);
    }
    None
}

const fn error(step: &'static str, reason: String) -> KernelError {
    KernelError {
        step,
        errno: None,
        reason,
    }
}
