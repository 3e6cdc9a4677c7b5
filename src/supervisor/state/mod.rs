//! The states of a station, one file each.
//!
//! A state is consumed by what happens and answers with the next one. Masked throughout are all but
//! [`Associating`] and [`Associated`].
//!
//! ```text
//!               ┌────────────────────────── Masking ◀──────────┐
//!               ▼                            │  ▲  │           │ lost, failed,
//!  start ──▶ Waiting ──▶ Attaching ──────────┘  │  ▼           │ changed by others
//!                            │              Held   Searching ──▶ Associating
//!                            │ adopted              ▲  │             │
//!                            ▼              Parked ─┘  └─ rotates    ▼
//!                        Associated ──▶ Parting ──▶ Masking      Associated
//!
//!  any ──▶ Leaving ──▶ Gone
//! ```
//!
//! What a user asks for leads aside from Waiting, Searching and Parked, and back: Paused, and Looking for
//! one scan.

#![allow(
    clippy::needless_pass_by_value,
    reason = "every state takes its events alike, whether or not it keeps them"
)]

mod associated;
mod associating;
mod attaching;
mod held;
mod leaving;
mod looking;
mod masking;
mod parked;
mod parting;
mod paused;
mod searching;
mod waiting;

use super::action::Request;
use super::context::Context;
use super::event::{Event, Supplicant};

pub(super) use associated::Associated;
pub(super) use associating::Associating;
pub(super) use attaching::Attaching;
pub(super) use held::Held;
pub(super) use leaving::Leaving;
pub(super) use looking::Looking;
pub(super) use masking::{Masking, Then};
pub(super) use parked::Parked;
pub(super) use parting::Parting;
pub(super) use paused::Paused;
pub(super) use searching::Searching;
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
    Searching(Searching),
    /// From the choice of a network to its connection.
    Associating(Associating),
    /// Connected under the assigned address.
    Associated(Associated),
    /// The association is over; finding out what is wished next.
    Parting(Parting),
    /// Masked and silent, because the user disconnected.
    Parked(Parked),
    /// Masked and silent, because the user wishes a pause.
    Paused(Paused),
    /// Masked, scanning because somebody asked for it.
    Looking(Looking),
    /// Held silent, because the promise cannot be kept.
    Held(Held),
    /// Putting everything back.
    Leaving(Leaving),
    /// Nothing is left to do.
    Gone,
    /// The card cannot be masked and the user chose to go on without.
    Unprotected,
}

impl State {
    pub(super) fn handle(self, cx: &mut Context, event: Event) -> Self {
        match self {
            Self::Masking(state) => state.handle(cx, event),
            Self::Waiting(state) => state.handle(cx, event),
            Self::Attaching(state) => state.handle(cx, event),
            Self::Searching(state) => state.handle(cx, event),
            Self::Associating(state) => state.handle(cx, event),
            Self::Associated(state) => state.handle(cx, event),
            Self::Parting(state) => state.handle(cx, event),
            Self::Parked(state) => state.handle(cx, event),
            Self::Paused(state) => state.handle(cx, event),
            Self::Looking(state) => state.handle(cx, event),
            Self::Held(state) => state.handle(cx, event),
            Self::Leaving(state) => state.handle(cx, event),
            Self::Unprotected if event == Event::Supplicant(Supplicant::Appeared) => {
                // It may not have heard that it is on its own.
                cx.ask(Request::Release { resume: true });
                self
            }
            Self::Gone | Self::Unprotected => self,
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> Self {
        match self {
            Self::Masking(state) => state.alarm(cx),
            Self::Waiting(state) => state.alarm(cx),
            Self::Searching(state) => state.alarm(cx),
            Self::Associating(state) => state.alarm(cx),
            Self::Associated(state) => state.alarm(cx),
            Self::Parting(state) => state.alarm(cx),
            Self::Attaching(state) => state.alarm(cx),
            Self::Gone | Self::Unprotected => self,
            Self::Parked(state) => state.alarm(cx),
            Self::Paused(state) => state.alarm(cx),
            Self::Looking(state) => state.alarm(cx),
            Self::Held(state) => state.alarm(cx),
            Self::Leaving(_) => Leaving::alarm(cx),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Masking(_) => "masking",
            Self::Waiting(_) => "waiting",
            Self::Attaching(_) => "attaching",
            Self::Searching(_) => "searching",
            Self::Associating(_) => "associating",
            Self::Associated(_) => "associated",
            Self::Parting(_) => "parting",
            Self::Parked(_) => "parked",
            Self::Paused(_) => "paused",
            Self::Looking(_) => "scanning",
            Self::Held(_) => "held",
            Self::Leaving(_) => "leaving",
            Self::Gone => "gone",
            Self::Unprotected => "unprotected",
        }
    }
}
