//! Putting the assigned address on a link without a carrier: down, the address, a look whether it is
//! there, and only then up again.

use std::time::Duration;

use super::{Blocked, Chance, Connected, Context, State, Unplugged};
use crate::machine::KernelError;
use crate::machine::action::How;
use crate::machine::ethernet::Action;
use crate::machine::event::Link;
use crate::machine::notice::Notice;
use crate::types::Mac;

/// Some drivers apply an address late: look again this often, this many times.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const LOOKS: u32 = 10;
/// A refusal may pass (`Errno::BUSY` while another program brings the link up): try again this many times.
const TRIES: u32 = 4;
const TRY_AGAIN: Duration = Duration::from_millis(60);

#[derive(Debug)]
pub(in crate::machine::ethernet) struct Setting {
    address: Mac,
    step: Step,
    tries: u32,
    looks: u32,
}

/// What was done last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begin,
    Down,
    Address,
    Up,
    /// Nothing: it waits for its alarm.
    Wait,
}

impl Setting {
    pub(super) fn begin(cx: &mut Context, chance: Chance) -> State {
        cx.alarm = None;
        match cx.assign(chance) {
            Ok(address) => {
                cx.assigned = Some(address);
                let setting = Self {
                    address,
                    step: Step::Begin,
                    tries: 0,
                    looks: 0,
                };
                setting.proceed(cx)
            }
            Err(unassignable) => Blocked::unassigned(cx, &unassignable),
        }
    }

    /// Does what comes next for a link such as it is.
    fn proceed(mut self, cx: &mut Context) -> State {
        let (step, action) = match next(cx, self.address) {
            None => return self.done(cx),
            Some(action) => (Step::of(&action), action),
        };
        self.step = step;
        cx.act(action);
        State::Setting(self)
    }

    fn done(self, cx: &mut Context) -> State {
        if self.step != Step::Begin {
            let address = self.address;
            cx.notify(Notice::Assigned { address });
        }
        cx.settle();
        if cx.link.carrier {
            Connected::begin(cx)
        } else {
            Unplugged::begin(cx)
        }
    }

    pub(super) fn answered(mut self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        let link = match result {
            Ok(link) => link,
            Err(refusal) => return self.refused(cx, &refusal),
        };
        let right = link.address == self.address;
        match self.step {
            Step::Down if link.up => {
                let reason = "another program brought it up again".to_owned();
                self.refused(cx, &refusal("keep the link down", reason))
            }
            Step::Address if !right && self.looks < LOOKS => {
                self.looks += 1;
                cx.wake_in(LOOK_AGAIN);
                State::Setting(self)
            }
            Step::Address if !right => {
                let reason = format!("it answered yes, but the address is {}", link.address);
                self.refused(cx, &refusal("set the address", reason))
            }
            // Another try would show the wrong address once more.
            Step::Up if !right => {
                let reason = format!("once up, the address is {}", link.address);
                Blocked::refused(cx, &refusal("keep the address", reason))
            }
            // Whoever took the link down again has their way.
            Step::Up => self.done(cx),
            Step::Begin | Step::Down | Step::Address | Step::Wait => self.proceed(cx),
        }
    }

    fn refused(mut self, cx: &mut Context, refusal: &KernelError) -> State {
        self.tries += 1;
        self.looks = 0;
        if self.tries >= TRIES {
            return Blocked::refused(cx, refusal);
        }
        self.step = Step::Wait;
        cx.wake_in(TRY_AGAIN * self.tries);
        if cx.link.up {
            self.step = Step::Down;
            cx.alarm = None;
            cx.act(Action::SetLinkDown);
        }
        State::Setting(self)
    }

    pub(super) fn heard(mut self, cx: &mut Context, link: Link) -> State {
        match (link.address == self.address, link.up) {
            // Somebody else did it.
            (true, _) => return self.proceed(cx),
            (false, true) => {
                cx.alarm = None;
                self.step = Step::Down;
                cx.act(Action::SetLinkDown);
            }
            (false, false) => {}
        }
        State::Setting(self)
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        if self.step == Step::Address {
            cx.act(Action::ReadLink);
            return State::Setting(self);
        }
        self.proceed(cx)
    }
}

impl Step {
    const fn of(action: &Action) -> Self {
        match action {
            Action::SetAddress { .. } => Self::Address,
            Action::BringUp => Self::Up,
            _ => Self::Down,
        }
    }
}

/// What brings the address a step nearer to the link; nothing if it is there.
pub(super) fn next(cx: &Context, address: Mac) -> Option<Action> {
    let right = cx.link.address == address;
    match (right, cx.link.up) {
        (false, true) => Some(Action::SetLinkDown),
        (false, false) => Some(Action::SetAddress {
            address,
            how: How::WhileDown,
        }),
        (true, false) if cx.raise => Some(Action::BringUp),
        (true, _) => None,
    }
}

const fn refusal(step: &'static str, reason: String) -> KernelError {
    KernelError {
        step,
        errno: None,
        reason,
    }
}
