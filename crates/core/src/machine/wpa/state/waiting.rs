//! No supplicant to talk to: masked, or left alone for a moment if already connected.

use std::time::Duration;

use super::{Attaching, Context, Event, Masking, NextState, State, UserScan};
use crate::machine::event::{Command, LinkEvent, ScanEvent};
use crate::machine::wpa::backend::{Supplicant, WpaEvent};
use crate::machine::wpa::context::RunningScan;

/// A connection found at start is left alone this long for its supplicant to show up.
const ADOPTION: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(in crate::machine) struct Waiting {
    /// The card was connected before macveil came; nothing is known of the network yet.
    connected: bool,
}

impl Waiting {
    /// The first state: an existing connection is not disturbed before its supplicant was asked.
    pub(in crate::machine) fn start(cx: &mut Context) -> State {
        if !cx.link.carrier {
            return Masking::begin(cx, NextState::Wait);
        }
        cx.wake_in(ADOPTION);
        State::Waiting(Self { connected: true })
    }

    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        State::Waiting(Self { connected: false })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)) => Attaching::begin(cx),
            Event::Link(LinkEvent::Changed(_)) if !self.connected && !cx.is_masked() => {
                Masking::again(cx, NextState::Wait)
            }
            Event::Link(LinkEvent::Changed(link)) if self.connected && !link.carrier => {
                Masking::begin(cx, NextState::Wait)
            }
            Event::Command(Command::Scan) if !self.connected && cx.link.up => {
                UserScan::begin(cx, NextState::Wait)
            }
            Event::Command(Command::Rotate) if cx.may_rotate_now() => {
                Masking::rotate(cx, NextState::Wait)
            }
            Event::Scan(ScanEvent::Ended) if cx.mask_is_exposed() => {
                Masking::rotate(cx, NextState::Wait)
            }
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Waiting(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        if self.connected && cx.scan == RunningScan::None {
            cx.remark("connected, but no supplicant answers for it: the connection is ended");
        }
        Masking::begin(cx, NextState::Wait)
    }
}
