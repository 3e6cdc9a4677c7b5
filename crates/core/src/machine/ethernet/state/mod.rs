//! The states of a wire.
//!
//! ```text
//!             carrier, right address
//!  new ───────────────────────────────────▶ Connected ◀──▶ Unplugged
//!   │  carrier, wrong address                   │ changed      │ after a pause, or changed
//!   ├─────────────▶ Unmanaged ◀───────────────────┘              ▼
//!   │                  └──────────── carrier goes ────────▶ Setting ──▶ Connected, Unplugged
//!   └─ no carrier ────────────────────────────────────────▶    │ ▲
//!                                                              ▼ │ after a while
//!  any ──▶ Releasing ──▶ Released                                   Blocked
//! ```

mod blocked;
mod connected;
mod releasing;
mod setting;
mod unmanaged;
mod unplugged;

use super::context::{Chance, Context};
use crate::machine::KernelError;
use crate::machine::event::Link;
use crate::machine::status::StateKind;

pub(super) use blocked::Blocked;
pub(super) use connected::Connected;
pub(super) use releasing::Releasing;
pub(super) use setting::Setting;
pub(super) use unmanaged::Unmanaged;
pub(super) use unplugged::Unplugged;

/// What a wire is doing.
#[derive(Debug)]
pub(super) enum State {
    /// Putting the assigned address on the link.
    Setting(Setting),
    /// The assigned address is in place, and there is no carrier.
    Unplugged(Unplugged),
    /// In use under the assigned address.
    Connected(Connected),
    /// In use under another address.
    Unmanaged(Unmanaged),
    /// Blocked down, because the assigned address cannot be put in place.
    Blocked(Blocked),
    /// Putting everything back.
    Releasing(Releasing),
    /// Nothing is left to do.
    Released,
    /// The address cannot be put in place and the user chose to go on without.
    Unprotected,
}

impl State {
    /// The first state. A connection that runs is not disturbed.
    pub(super) fn start(cx: &mut Context) -> Self {
        if cx.link.carrier {
            return Self::as_connected(cx);
        }
        Setting::begin(cx, Chance::Anew)
    }

    /// Other settings: what they do not change stays.
    pub(super) fn reconsider(self, cx: &mut Context) -> Self {
        match self {
            Self::Releasing(_) | Self::Released => self,
            _ if cx.link.carrier => Self::as_connected(cx),
            _ => Setting::begin(cx, Chance::AsItIs),
        }
    }

    /// There is a carrier: the address has to be right by now, or has to wait.
    fn as_connected(cx: &mut Context) -> Self {
        match cx.accepts(cx.link.address) {
            true if cx.has_assigned() => Connected::resume(cx),
            true => Connected::adopt(cx),
            false => Unmanaged::found(cx),
        }
    }

    /// The link is like this now.
    pub(super) fn heard(self, cx: &mut Context, link: Link) -> Self {
        match self {
            Self::Setting(state) => state.heard(cx, link),
            Self::Unplugged(state) => state.heard(cx, link),
            Self::Connected(state) => state.heard(cx, link),
            Self::Unmanaged(state) => state.heard(cx, link),
            Self::Blocked(state) => state.heard(cx, link),
            Self::Releasing(_) | Self::Released | Self::Unprotected => self,
        }
    }

    /// What was to be done to the link was done, or was refused.
    pub(super) fn answered(self, cx: &mut Context, result: Result<Link, KernelError>) -> Self {
        match self {
            Self::Setting(state) => state.answered(cx, result),
            Self::Releasing(state) => state.answered(cx, result),
            Self::Unplugged(_)
            | Self::Connected(_)
            | Self::Unmanaged(_)
            | Self::Blocked(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> Self {
        match self {
            Self::Setting(state) => state.alarm(cx),
            Self::Unplugged(_) | Self::Blocked(_) => Setting::begin(cx, Chance::Anew),
            Self::Connected(_)
            | Self::Unmanaged(_)
            | Self::Releasing(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    /// Another address where chance decides, if there is no carrier.
    pub(super) fn rotate(self, cx: &mut Context) -> Self {
        match self {
            Self::Unplugged(_) => Setting::begin(cx, Chance::Anew),
            other => other,
        }
    }

    /// The machine was asleep, and may be elsewhere by now.
    pub(super) fn resumed(self, cx: &mut Context) -> Self {
        match self {
            Self::Connected(state) => state.resumed(cx),
            Self::Unplugged(_) | Self::Blocked(_) => Setting::begin(cx, Chance::Anew),
            Self::Setting(_)
            | Self::Unmanaged(_)
            | Self::Releasing(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    /// It is not as it was asked for.
    pub(super) const fn is_troubled(&self) -> bool {
        matches!(
            self,
            Self::Blocked(_) | Self::Unmanaged(_) | Self::Unprotected
        )
    }

    pub(super) const fn kind(&self) -> StateKind {
        match self {
            Self::Setting(_) => StateKind::Setting,
            Self::Unplugged(_) => StateKind::Unplugged,
            Self::Connected(_) => StateKind::Connected,
            Self::Unmanaged(_) => StateKind::Unmanaged,
            Self::Blocked(_) => StateKind::Blocked,
            Self::Releasing(_) => StateKind::Releasing,
            Self::Released => StateKind::Released,
            Self::Unprotected => StateKind::Unprotected,
        }
    }
}
