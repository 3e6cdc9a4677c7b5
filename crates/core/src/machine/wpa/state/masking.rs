//! Putting a mask on the card, and believing only what is read back.

use std::time::Duration;

use rustix::io::Errno;

use super::Action;
use super::{
    Attaching, Blocked, Context, Disconnected, Event, Paused, Scanning, State, UserScan, Waiting,
};
use crate::machine::KernelError;
use crate::machine::Method;
use crate::machine::Time;
use crate::machine::action::How;
use crate::machine::event::{Link, LinkEvent};
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{Supplicant, WpaEvent};
use crate::machine::wpa::context::Mask;
use crate::types::Mac;

/// A refusal may pass (`Errno::BUSY` while another program scans): try again this many times.
const TRIES: u32 = 4;
const TRY_AGAIN: Duration = Duration::from_millis(60);

#[derive(Debug)]
pub(in crate::machine) struct Masking {
    then: NextState,
    mask: Mac,
    how: How,
    tries: u32,
    /// Refused; the next try waits for the alarm.
    pausing: bool,
}

/// What follows once the card is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::machine) enum NextState {
    /// Wait for a supplicant.
    Wait,
    /// Look for a network.
    Search,
    /// Look for a network from this moment on, silent until then.
    SearchAt(Time),
    /// Stay disconnected until the user wants otherwise.
    Park,
}

impl NextState {
    /// The card is masked: goes on as intended, unless the user wishes something else first.
    pub(super) fn follow(self, cx: &mut Context) -> State {
        match self {
            Self::Wait if cx.supplicant => Attaching::begin(cx),
            _ if cx.scan_requested && cx.link.up => UserScan::begin(cx, self),
            _ if !cx.supplicant => Waiting::begin(cx),
            Self::Wait | Self::Search | Self::SearchAt(_) | Self::Park if !cx.link.up => {
                Blocked::until_up(cx, self)
            }
            Self::Wait | Self::Search | Self::SearchAt(_) | Self::Park if cx.pause.is_some() => {
                Paused::begin(cx, self)
            }
            Self::Wait | Self::Search => Scanning::begin(cx),
            Self::SearchAt(moment) => Scanning::begin_at(cx, moment),
            Self::Park => Disconnected::begin(cx),
        }
    }
}

impl Masking {
    /// Masks a card that somebody else has just changed.
    pub(super) fn again(cx: &mut Context, then: NextState) -> State {
        cx.note_dispute();
        Self::begin(cx, then)
    }

    /// Masks a card that may carry anything: by a bounce, which also ends any association. A card that
    /// somebody fights for is held instead.
    pub(in crate::machine) fn begin(cx: &mut Context, then: NextState) -> State {
        if cx.conflict.asks_for_pause() {
            return Blocked::until_peace(cx, then);
        }
        let link_stays_down = !cx.link.up && !cx.down_is_ours;
        let how = if link_stays_down {
            How::WhileDown
        } else {
            How::Cycle
        };
        Self::attempt(cx, then, how, 0)
    }

    /// Replaces a mask by another, by the cheapest road.
    pub(in crate::machine) fn rotate(cx: &mut Context, then: NextState) -> State {
        let how = if cx.link.up {
            cx.method.how()
        } else {
            How::Cycle
        };
        Self::attempt(cx, then, how, 0)
    }

    fn attempt(cx: &mut Context, then: NextState, how: How, tries: u32) -> State {
        cx.leave_state();
        let mask = cx.draw_mask();
        cx.mask = None;
        cx.act(Action::SetAddress { address: mask, how });
        State::Masking(Self {
            then,
            mask,
            how,
            tries,
            pausing: false,
        })
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Link(LinkEvent::Answered(_)) if self.pausing => State::Masking(self),
            // Somebody brings the link up under an address that is no mask.
            Event::Link(LinkEvent::Changed(link)) if self.pausing && link.up => {
                cx.act(Action::SetLinkDown);
                State::Masking(self)
            }
            Event::Link(LinkEvent::Answered(Ok(link))) => self.read_back(cx, link),
            Event::Link(LinkEvent::Answered(Err(refusal))) => self.refused(cx, &refusal),
            Event::Backend(WpaEvent::Supplicant(
                Supplicant::Vanished | Supplicant::Terminating,
            )) => {
                self.then = NextState::Wait;
                State::Masking(self)
            }
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Masking(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        Self::attempt(cx, self.then, self.how, self.tries)
    }

    fn read_back(self, cx: &mut Context, link: Link) -> State {
        // Who changes a mask with the link up may find that somebody has just taken it down.
        if link.address == self.mask && (link.up || self.how != How::Cycle) {
            return self.masked(cx);
        }
        self.refused(cx, &KernelError::of_another_address(link))
    }

    fn masked(self, cx: &mut Context) -> State {
        let address = self.mask;
        cx.mask = Some(Mask {
            address,
            since: cx.now,
            scanned: false,
            exposed: false,
        });
        cx.counters.masks = cx.counters.masks.saturating_add(1);
        cx.notify(Notice::Masked { address });
        cx.counters.holds_in_a_row = 0;
        self.then.follow(cx)
    }

    fn refused(mut self, cx: &mut Context, refusal: &KernelError) -> State {
        if refusal.errno == Some(Errno::RFKILL) {
            // The radio is switched off: the address is in place, but the link cannot come up.
            self.how = How::WhileDown;
            cx.act(Action::ReadLink);
            return State::Masking(self);
        }
        if self.how == How::Live {
            cx.remark(format!("a live address change failed ({refusal}); masks are changed by a bounce from now on"));
            cx.method = Method::Bounce;
            return Self::attempt(cx, self.then, How::Cycle, self.tries);
        }
        self.tries += 1;
        if self.tries >= TRIES {
            return Blocked::begin(cx, self.then, refusal);
        }
        self.pausing = true;
        cx.wake_in(TRY_AGAIN * self.tries);
        State::Masking(self)
    }
}
