//! The states of a station, one file each.
//!
//! A state is consumed by what happens and answers with the next one. Masked throughout are all but
//! [`Associating`] and [`Associated`].
//!
//! ```text
//!               ┌────────────────────────── Masking ◀──────────┐
//!               ▼                            │  ▲  │           │ lost, failed,
//!  start ──▶ Waiting ──▶ Attaching ──────────┘  │  ▼           │ changed by others
//!                            │              Blocked   Scanning ──▶ Associating
//!                            │ adopted              ▲  │             │
//!                            ▼              Disconnected ─┘  └─ rotates    ▼
//!                        Associated ──▶ Disconnecting ──▶ Masking      Associated
//!
//!  any ──▶ Releasing ──▶ Released
//! ```
//!
//! What a user asks for leads aside from Waiting, Scanning and Disconnected, and back: Paused, and `UserScan` for
//! one scan.

#![allow(
    clippy::needless_pass_by_value,
    reason = "every state takes its events alike, whether or not it keeps them"
)]

mod associated;
mod associating;
mod attaching;
mod blocked;
mod disconnected;
mod disconnecting;
mod masking;
mod paused;
mod releasing;
mod scanning;
mod user_scan;
mod waiting;

use super::backend::{Request, Supplicant, WpaEvent};
use super::context::Context;
use super::{Action, Event};
use crate::machine::status::StateKind;

pub(super) use associated::Associated;
pub(super) use associating::Associating;
pub(super) use attaching::Attaching;
pub(super) use blocked::Blocked;
pub(super) use disconnected::Disconnected;
pub(super) use disconnecting::Disconnecting;
pub(super) use masking::{Masking, NextState};
pub(super) use paused::Paused;
pub(super) use releasing::Releasing;
pub(super) use scanning::Scanning;
pub(super) use user_scan::UserScan;
pub(super) use waiting::Waiting;

/// What a station is doing.
#[derive(Debug)]
pub(super) enum State {
    /// Putting a mask on the card.
    Masking(Masking),
    /// Masked, or connected without anyone to ask: there is no supplicant yet.
    Waiting(Waiting),
    /// Meeting the supplicant.
    Attaching(Attaching),
    /// Masked, looking for a network.
    Scanning(Scanning),
    /// From the choice of a network to its connection.
    Associating(Associating),
    /// Connected under the assigned address.
    Associated(Associated),
    /// The association is over; finding out what is wished next.
    Disconnecting(Disconnecting),
    /// Masked and silent, because the user disconnected.
    Disconnected(Disconnected),
    /// Masked and silent, because the user wishes a pause.
    Paused(Paused),
    /// Masked, scanning because somebody asked for it.
    UserScan(UserScan),
    /// Blocked silent, because the promise cannot be kept.
    Blocked(Blocked),
    /// Putting everything back.
    Releasing(Releasing),
    /// Nothing is left to do.
    Released,
    /// The card cannot be masked and the user chose to go on without.
    Unprotected,
}

impl State {
    pub(super) fn handle(self, cx: &mut Context, event: Event) -> Self {
        match self {
            Self::Masking(state) => state.handle(cx, event),
            Self::Waiting(state) => state.handle(cx, event),
            Self::Attaching(state) => state.handle(cx, event),
            Self::Scanning(state) => state.handle(cx, event),
            Self::Associating(state) => state.handle(cx, event),
            Self::Associated(state) => state.handle(cx, event),
            Self::Disconnecting(state) => state.handle(cx, event),
            Self::Disconnected(state) => state.handle(cx, event),
            Self::Paused(state) => state.handle(cx, event),
            Self::UserScan(state) => state.handle(cx, event),
            Self::Blocked(state) => state.handle(cx, event),
            Self::Releasing(state) => state.handle(cx, event),
            Self::Unprotected
                if event == Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)) =>
            {
                // It may not have heard that it is on its own.
                cx.ask(Request::Restore { resume: true });
                self
            }
            Self::Released | Self::Unprotected => self,
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> Self {
        match self {
            Self::Masking(state) => state.alarm(cx),
            Self::Waiting(state) => state.alarm(cx),
            Self::Scanning(state) => state.alarm(cx),
            Self::Associating(state) => state.alarm(cx),
            Self::Associated(state) => state.alarm(cx),
            Self::Disconnecting(state) => state.alarm(cx),
            Self::Attaching(state) => state.alarm(cx),
            Self::Released | Self::Unprotected => self,
            Self::Disconnected(state) => state.alarm(cx),
            Self::Paused(state) => state.alarm(cx),
            Self::UserScan(state) => state.alarm(cx),
            Self::Blocked(state) => state.alarm(cx),
            Self::Releasing(_) => Releasing::alarm(cx),
        }
    }

    pub(super) const fn kind(&self) -> StateKind {
        match self {
            Self::Masking(_) => StateKind::Masking,
            Self::Waiting(_) => StateKind::Waiting,
            Self::Attaching(_) => StateKind::Attaching,
            Self::Scanning(_) => StateKind::Scanning,
            Self::Associating(_) => StateKind::Associating,
            Self::Associated(_) => StateKind::Associated,
            Self::Disconnecting(_) => StateKind::Disconnecting,
            Self::Disconnected(_) => StateKind::Disconnected,
            Self::Paused(_) => StateKind::Paused,
            Self::UserScan(_) => StateKind::UserScan,
            Self::Blocked(_) => StateKind::Blocked,
            Self::Releasing(_) => StateKind::Releasing,
            Self::Released => StateKind::Released,
            Self::Unprotected => StateKind::Unprotected,
        }
    }
}
