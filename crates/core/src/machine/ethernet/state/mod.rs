//! The states.
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

/// The state of the machine.
#[derive(Debug)]
pub(super) enum State {
    /// Setting the assigned address.
    Setting(Setting),
    /// No carrier, under the assigned address.
    Unplugged(Unplugged),
    /// In use under the assigned address.
    Connected(Connected),
    /// In use under another address.
    Unmanaged(Unmanaged),
    /// The link is held down: the assigned address cannot be set.
    Blocked(Blocked),
    /// Restoring settings.
    Releasing(Releasing),
    /// The machine has ended.
    Released,
    /// The address cannot be set, and the user allows to go on.
    Unprotected,
}

impl State {
    /// The first state. A running connection is not disturbed.
    pub(super) fn start(cx: &mut Context) -> Self {
        if cx.core.link.carrier {
            return Self::as_connected(cx);
        }
        Setting::begin(cx, Chance::New)
    }

    /// Applies another configuration.
    pub(super) fn reconsider(self, cx: &mut Context) -> Self {
        cx.core.set_unguarded(false);
        match self {
            Self::Releasing(_) | Self::Released => self,
            _ if cx.core.link.carrier => Self::as_connected(cx),
            _ => Setting::begin(cx, Chance::Current),
        }
    }

    /// There is a carrier: a wrong address stays until the carrier goes.
    fn as_connected(cx: &mut Context) -> Self {
        match cx.accepts(cx.core.link.address) {
            true if cx.has_assigned() => Connected::resume(cx),
            true => Connected::adopt(cx),
            false => Unmanaged::found(cx),
        }
    }

    /// A notification of the link.
    pub(super) fn link_changed(self, cx: &mut Context, link: Link) -> Self {
        match self {
            Self::Setting(state) => state.link_changed(cx, link),
            Self::Unplugged(state) => state.link_changed(cx, link),
            Self::Connected(state) => state.link_changed(cx, link),
            Self::Unmanaged(state) => state.link_changed(cx, link),
            Self::Blocked(state) => state.link_changed(cx, link),
            Self::Releasing(state) => state.link_changed(cx),
            Self::Released | Self::Unprotected => self,
        }
    }

    /// The link, as an action or an attempt to set an address left it.
    pub(super) fn answered(self, cx: &mut Context, result: Result<Link, KernelError>) -> Self {
        match self {
            Self::Setting(state) => state.answered(cx, result),
            Self::Releasing(state) => state.answered(cx, result),
            Self::Blocked(state) => state.answered(cx),
            Self::Unplugged(_)
            | Self::Connected(_)
            | Self::Unmanaged(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    pub(super) fn timeout(self, cx: &mut Context) -> Self {
        match self {
            Self::Setting(state) => state.timeout(cx),
            Self::Unplugged(_) => Setting::begin(cx, Chance::New),
            Self::Blocked(state) => state.timeout(cx),
            Self::Connected(_)
            | Self::Unmanaged(_)
            | Self::Releasing(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    /// Sets another random address, if there is no carrier.
    pub(super) fn rotate(self, cx: &mut Context) -> Self {
        match self {
            Self::Unplugged(_) => Setting::begin(cx, Chance::New),
            other => other,
        }
    }

    /// The computer was asleep, and can be in another place.
    pub(super) fn resumed(self, cx: &mut Context) -> Self {
        match self {
            Self::Connected(state) => state.resumed(cx),
            Self::Unplugged(_) | Self::Blocked(_) => Setting::begin(cx, Chance::New),
            Self::Setting(_)
            | Self::Unmanaged(_)
            | Self::Releasing(_)
            | Self::Released
            | Self::Unprotected => self,
        }
    }

    /// The address is not the assigned one, or not protected.
    pub(super) const fn has_problem(&self) -> bool {
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
