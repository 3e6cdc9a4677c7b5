//! The part that all machines share: the clock, the link, the address setter, one timer, and the queue of
//! actions.
//!
//! A machine passes every [`LinkEvent`] to [`LinkCore::handle`] before its state sees anything of it. The
//! core keeps the link up to date, finds out which action an answer belongs to, and runs the address
//! setter. The state sees a [`LinkChange`].

mod guard;
#[cfg(test)]
pub(super) mod guard_bench;
mod setter;

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

use guard::GuardState;
pub use setter::{AddressSetter, LinkStep, Progress};

use super::action::{Action, How};
use super::error::KernelError;
use super::event::{Link, LinkEvent};
use super::notice::Notice;
use super::status::Limitation;
use super::{Now, Time};
use crate::types::Mac;

/// A link that did not go down is taken down again after this.
pub(super) const LINK_DOWN_RETRY: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct LinkCore<R> {
    pub(super) now: Time,
    /// The wall clock.
    pub(super) wall: SystemTime,
    pub(super) link: Link,
    /// When the link got its address.
    pub(super) address_since: Time,
    /// The link is down because this machine took it down.
    pub(super) is_held_down: bool,
    /// The kernel refused an address because the link is up, of which no notification has come yet.
    is_found_up: bool,
    /// When the current state continues.
    pub(super) timer: Option<Time>,
    guard: GuardState,
    /// The address that another program is about to give the link.
    expected: Option<Mac>,
    setting: Option<Setting>,
    /// Number of the last attempt to set an address.
    attempts: u32,
    /// For each link action without an answer, in order: the attempt that it belongs to, if any.
    unanswered: VecDeque<Option<u32>>,
    actions: VecDeque<Queued<R>>,
}

/// The current attempt to set an address.
#[derive(Debug)]
struct Setting {
    number: u32,
    setter: AddressSetter,
    read_at: Option<Time>,
}

#[derive(Debug)]
struct Queued<R> {
    action: Action<R>,
    attempt: Option<u32>,
}

/// What a state learns of the link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkChange {
    /// A notification.
    Changed(Link),
    /// The answer to an action of a state: `SetLinkDown`, `BringUp` or `ReadLink`.
    Answered(Result<Link, KernelError>),
    /// The current attempt to set an address has ended.
    AddressSet(Result<Link, KernelError>),
}

impl<R> LinkCore<R> {
    pub(super) const fn new(now: Now, link: Link) -> Self {
        let Now { boot: now, wall } = now;
        Self {
            now,
            wall,
            link,
            address_since: now,
            is_held_down: false,
            is_found_up: false,
            timer: None,
            guard: GuardState::new(),
            expected: None,
            setting: None,
            attempts: 0,
            unanswered: VecDeque::new(),
            actions: VecDeque::new(),
        }
    }

    pub(super) const fn set_clock(&mut self, now: Now) {
        Now {
            boot: self.now,
            wall: self.wall,
        } = now;
    }

    pub(super) fn wake_in(&mut self, pause: Duration) {
        self.timer = Some(self.now.saturating_add(pause));
    }

    /// Clears the timer if it is due.
    pub(super) fn take_timer(&mut self) -> bool {
        self.timer.take_if(|timer| *timer <= self.now).is_some()
    }

    pub(super) fn act(&mut self, action: Action<R>) {
        let attempt = None;
        self.actions.push_back(Queued { action, attempt });
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.act(Action::Notify(notice));
    }

    /// Starts to set a mask under which no data frame has to leave.
    pub(super) fn set_mask(&mut self, mask: Mac, how: How) {
        self.set_address(mask, how);
        self.guard.set_silent(Some(mask));
    }

    /// Starts to set an address; an earlier attempt no longer counts.
    pub(super) fn set_address(&mut self, address: Mac, how: How) {
        self.guard.set_silent(None);
        // A cycle that fails half-way leaves the link down.
        self.is_held_down |= how == How::Cycle;
        self.attempts = self.attempts.wrapping_add(1);
        let (setter, step) = AddressSetter::new(address, how);
        self.setting = Some(Setting {
            number: self.attempts,
            setter,
            read_at: None,
        });
        self.actions.push_back(Queued {
            action: step.into(),
            attempt: Some(self.attempts),
        });
    }

    /// Takes the link down. A link that is down already is not held by this machine.
    pub(super) fn set_link_down(&mut self) {
        self.is_held_down |= self.link.up || self.is_found_up;
        self.setting = None;
        self.act(Action::SetLinkDown);
    }

    pub(super) fn bring_up(&mut self) {
        self.setting = None;
        self.act(Action::BringUp);
    }

    /// Other programs may send data frames under any source address, or no longer.
    pub(super) const fn set_unguarded(&mut self, is_unguarded: bool) {
        self.guard.set_off(is_unguarded);
    }

    /// Another program is about to give the link this address, before it has a carrier: it can be in use
    /// before its change is heard of.
    pub(super) const fn expect(&mut self, address: Option<Mac>) {
        self.expected = address;
    }

    /// Another program is about to take this address off the link: no data frame has to leave under it.
    pub(super) const fn hush(&mut self, address: Option<Mac>) {
        self.guard.hush(address);
    }

    /// The machine ends: afterwards, data frames may leave under the current address, or under any.
    pub(super) fn finish(&mut self, keep: bool) {
        self.guard.hush(None);
        self.guard.set_off(!keep);
        self.act(Action::Finish);
    }

    /// That other programs can send data frames under former addresses, if so.
    pub(super) fn guard_limitation(&self) -> Option<Limitation> {
        let failure = self.guard.failure()?;
        let reason = failure.to_string();
        Some(Limitation::Unguarded { reason })
    }

    pub(super) fn read_link(&mut self) {
        self.act(Action::ReadLink);
    }

    /// The result of the current attempt no longer counts.
    pub(super) fn forget_attempt(&mut self) {
        self.setting = None;
    }

    /// Handles what is known of the link; `None` if it concerns no state.
    pub(super) fn handle(&mut self, event: LinkEvent) -> Option<LinkChange> {
        match event {
            LinkEvent::Changed(link) => {
                self.note(link);
                let setting = self.setting.as_mut();
                let progress = setting.and_then(|setting| setting.setter.handle_change(link));
                let change = progress.and_then(|progress| self.proceed(progress));
                change.or(Some(LinkChange::Changed(link)))
            }
            LinkEvent::Answered(answer) => {
                if let Ok(link) = &answer {
                    self.note(*link);
                }
                let Some(attempt) = self.unanswered.pop_front().flatten() else {
                    return Some(LinkChange::Answered(answer));
                };
                self.is_found_up =
                    matches!(&answer, Err(error) if error.errno == Some(Errno::BUSY));
                let current = self.setting.as_mut();
                let current = current.filter(|setting| setting.number == attempt)?;
                let progress = current.setter.handle(answer);
                self.proceed(progress)
            }
            LinkEvent::Guarded(answer) => {
                if let Some(failure) = self.guard.answered(answer) {
                    self.notify(Notice::Unguarded(failure));
                }
                None
            }
            LinkEvent::GuardLost => {
                self.guard.lost();
                None
            }
        }
    }

    /// Reads the link again for a late driver, if it is time.
    pub(super) fn handle_timeout(&mut self) {
        let Some(setting) = &mut self.setting else {
            return;
        };
        if setting.read_at.take_if(|at| *at <= self.now).is_some() {
            let attempt = Some(setting.number);
            let action = Action::ReadLink;
            self.actions.push_back(Queued { action, attempt });
        }
    }

    pub(super) fn poll_action(&mut self) -> Option<Action<R>> {
        if let Some(guard) = self.guard.take_order(self.next_address()) {
            return Some(Action::SetSourceGuard(guard));
        }
        let Queued { action, attempt } = self.actions.pop_front()?;
        match &action {
            Action::SetAddress { .. }
            | Action::SetLinkDown
            | Action::BringUp
            | Action::ReadLink => self.unanswered.push_back(attempt),
            Action::Scan(_)
            | Action::AbortScan
            | Action::GetScanResults
            | Action::SetSourceGuard(_)
            | Action::SetP2pDevices { .. }
            | Action::ClearIpv6
            | Action::LeaveNetwork
            | Action::EnterNetwork(_)
            | Action::Request(_)
            | Action::Remember { .. }
            | Action::KeepChannel(_)
            | Action::Notify(_)
            | Action::Finish => {}
        }
        Some(action)
    }

    /// The address that the link has, or is about to get.
    fn next_address(&self) -> Mac {
        let next = self.actions.front().map(|queued| &queued.action);
        if let Some(Action::SetAddress { address, .. }) = next {
            return *address;
        }
        // A carrier after the answer: another program has changed the address since.
        let is_overtaken = self.link.carrier && self.unanswered.is_empty();
        let setting = self.setting.as_ref().map(|it| it.setter.address());
        let setting = setting.filter(|_| !is_overtaken);
        let expected = self.expected.filter(|_| !self.link.carrier);
        setting.or(expected).unwrap_or(self.link.address)
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        let read_at = self.setting.as_ref().and_then(|setting| setting.read_at);
        self.timer.into_iter().chain(read_at).min()
    }

    fn note(&mut self, link: Link) {
        self.is_found_up = false;
        if link.address != self.link.address {
            self.address_since = self.now;
        }
        if link.up {
            self.is_held_down = false;
        }
        self.link = link;
    }

    fn proceed(&mut self, progress: Progress) -> Option<LinkChange> {
        match progress {
            Progress::Step(step) => {
                // It belongs to an action that was before all that is queued.
                self.is_held_down |= step == LinkStep::SetLinkDown;
                self.actions.push_front(Queued {
                    action: step.into(),
                    attempt: self.setting.as_ref().map(|setting| setting.number),
                });
                None
            }
            Progress::Wait(pause) => {
                if let Some(setting) = &mut self.setting {
                    setting.read_at = Some(self.now.saturating_add(pause));
                }
                None
            }
            Progress::Done(result) => {
                self.setting = None;
                Some(LinkChange::AddressSet(result))
            }
        }
    }
}

impl<R> From<LinkStep> for Action<R> {
    fn from(step: LinkStep) -> Self {
        match step {
            LinkStep::SetAddress(address, how) => Self::SetAddress { address, how },
            LinkStep::SetLinkDown => Self::SetLinkDown,
            LinkStep::BringUp => Self::BringUp,
            LinkStep::ReadLink => Self::ReadLink,
        }
    }
}
