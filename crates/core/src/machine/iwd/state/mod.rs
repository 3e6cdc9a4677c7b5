//! The states.
//!
//! ```text
//!                    iwd connects                 right address
//!  Waiting ──▶ Idle ─────────────▶ Connecting ─────────────────▶ Connected
//!     ▲         ▲ ▲                 │      │                      │   │
//!     │         │ └─ it gives up ───┘      │ wrong address        │   └─ over ──▶ Idle
//!   iwd is      │                          ▼                      ▼
//!   gone        └── connects to another  Refused ◀── again ── Rejoining
//!                                          └── after a while ──▶ ┘
//!  any ──▶ Releasing ──▶ Released
//! ```

mod connected;
mod connecting;
mod idle;
mod refused;
mod rejoining;

use std::time::Duration;

use super::backend::{NetworkId, Request, StationPhase};
use super::context::{Context, Cut};
use crate::machine::Time;
use crate::machine::action::How;
use crate::machine::iwd::Action;
use crate::machine::settings::OnExit;
use crate::machine::status::StateKind;
use crate::types::{Bss, Mac, Ssid};

pub(super) use connected::Connected;
pub(super) use connecting::Connecting;
pub(super) use idle::{Idle, Why};
pub(super) use refused::Refused;
pub(super) use rejoining::Rejoining;

/// Restoring the files does not depend on iwd.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(2);

/// The state of the machine.
#[derive(Debug)]
pub(super) enum State {
    /// There is no iwd, or it has no station for this interface.
    Waiting,
    /// Not connected.
    Idle(Idle),
    /// iwd is about to associate.
    Connecting(Connecting),
    /// iwd is connected.
    Connected(Connected),
    /// iwd disconnects and connects again.
    Rejoining(Rejoining),
    /// iwd was told to disconnect, because the address was wrong.
    Refused(Refused),
    /// What was changed in iwd's files is put back.
    Releasing,
    /// Nothing is left to do.
    Released,
}

impl State {
    /// iwd says what its station does.
    pub(super) fn iwd_does(self, cx: &mut Context) -> Self {
        match self {
            Self::Waiting => {
                cx.mask_at_first();
                if std::mem::take(&mut cx.mask.is_unwanted) {
                    cx.request(Request::Disconnect);
                    return Idle::begin(cx, Why::Quiet).iwd_does(cx);
                }
                // What was looked for when iwd had to start over is so still.
                Idle::begin(cx, Why::Failed).iwd_does(cx)
            }
            Self::Idle(state) => state.iwd_does(cx),
            Self::Connecting(state) => state.iwd_does(cx),
            Self::Connected(state) => state.iwd_does(cx),
            Self::Rejoining(state) => state.iwd_does(cx),
            Self::Refused(state) => state.iwd_does(cx),
            Self::Releasing | Self::Released => self,
        }
    }

    pub(super) fn iwd_vanished(self, cx: &mut Context) -> Self {
        match self {
            Self::Releasing => Self::finish(cx),
            Self::Released => Self::Released,
            _ => {
                cx.core.timer = None;
                cx.problem = None;
                cx.attempt.cut = None;
                Self::Waiting
            }
        }
    }

    /// iwd has no station for this interface: the link is down.
    pub(super) fn station_gone(self, cx: &mut Context) -> Self {
        match self {
            Self::Refused(state) => state.station_gone(cx),
            other => other.iwd_vanished(cx),
        }
    }

    pub(super) fn scan_started(self, cx: &mut Context) -> Self {
        match self {
            // iwd scans before it says that it has a station.
            Self::Waiting if cx.is_exposed_by_scan() => {
                cx.mask_after_ended_scan(false);
                self
            }
            Self::Waiting => {
                cx.find_nothing();
                self
            }
            Self::Idle(state) => state.scan_started(cx),
            Self::Connecting(state) => {
                state.make_way(cx);
                Self::Connecting(state)
            }
            other => other,
        }
    }

    /// A scan of any program is over.
    pub(super) fn scan_ended(self, cx: &mut Context) -> Self {
        let is_wanted = match self {
            Self::Idle(_) => cx.search.lost.is_some(),
            Self::Refused(_) => true,
            _ => false,
        };
        if is_wanted {
            cx.core.act(Action::GetScanResults);
        }
        self
    }

    /// The scan results of the kernel.
    pub(super) fn heard(self, cx: &mut Context, air: &[Bss]) -> Self {
        match self {
            Self::Idle(state) => match cx.heard_again(air) {
                Some(network) => state.heard_again(cx, network),
                None => Self::Idle(state),
            },
            Self::Connecting(state) => state.heard(cx, air),
            Self::Refused(state) => state.heard(cx, air),
            Self::Connected(state) => {
                cx.note_channel(&state.network().ssid, air);
                Self::Connected(state)
            }
            other => other,
        }
    }

    /// The card authenticates under this address.
    pub(super) fn address_shown(self, cx: &mut Context) -> Self {
        match self {
            // The network is not known yet; a mask is right for none.
            Self::Idle(_) | Self::Refused(_) | Self::Rejoining(_)
                if cx.just_shown().is_some() && cx.just_shown() == cx.mask.last =>
            {
                let is_spared = cx.is_spared(cx.core.link.address);
                cx.cut_off();
                cx.attempt.cut = Some(if is_spared {
                    Cut::Spared
                } else {
                    Cut::WrongAddress
                });
                self
            }
            // iwd was cut off, and goes on for a moment without a station.
            Self::Waiting if cx.is_met() && cx.just_shown() == cx.mask.last => {
                cx.cut_off();
                self
            }
            Self::Idle(state) => state.address_shown(cx),
            Self::Connecting(state) => state.address_shown(cx),
            other => other,
        }
    }

    /// The link was read, or has changed.
    pub(super) fn link_changed(self, cx: &mut Context) -> Self {
        match self {
            Self::Connecting(state) => state.link_changed(cx),
            Self::Connected(state) => state.link_changed(cx),
            other => other,
        }
    }

    /// A known network's file was read or written.
    pub(super) fn addresses_written(self, cx: &mut Context) -> Self {
        match self {
            Self::Connected(state) => state.addresses_written(cx),
            Self::Rejoining(state) => state.proceed(cx),
            Self::Refused(state) => state.addresses_written(cx),
            other => other,
        }
    }

    /// The files are for this interface's addresses from now on, or for another's.
    pub(super) fn turn_changed(self, cx: &mut Context) -> Self {
        match self {
            Self::Waiting => {
                cx.find_nothing();
                self
            }
            Self::Idle(state) => state.turn_changed(cx),
            other => other,
        }
    }

    /// iwd refused a request.
    pub(super) fn refused(self, cx: &mut Context, why: &str) -> Self {
        match self {
            Self::Idle(state) => state.refused(cx),
            Self::Rejoining(state) => state.refused(cx, why),
            other => other,
        }
    }

    pub(super) fn timeout(self, cx: &mut Context) -> Self {
        match self {
            Self::Idle(state) => state.timeout(cx),
            Self::Connected(state) => state.timeout(cx),
            Self::Rejoining(state) => state.timeout(cx),
            Self::Refused(state) => state.timeout(cx),
            Self::Releasing => Self::finish(cx),
            Self::Connecting(state) => state.timeout(cx),
            Self::Waiting | Self::Released => self,
        }
    }

    /// The computer has resumed from sleep.
    pub(super) fn resumed(self, cx: &mut Context) -> Self {
        match self {
            Self::Idle(state) => state.resumed(cx),
            other => other,
        }
    }

    /// The user wants another mask.
    pub(super) fn rotate(self, cx: &mut Context) -> Self {
        cx.mask.is_exposed = true;
        match self {
            Self::Idle(state) => state.rotate(cx),
            other => other,
        }
    }

    /// The network gets its new address at once.
    pub(super) fn rejoin(self, cx: &mut Context, ssid: &Ssid) -> Self {
        match self {
            Self::Connected(state) if state.network().ssid == *ssid => {
                Rejoining::begin(cx, state.network().clone())
            }
            other => other,
        }
    }

    pub(super) fn leave(self, cx: &mut Context) -> Self {
        if matches!(self, Self::Releasing | Self::Released) {
            return self;
        }
        if cx.settings.on_exit == OnExit::Keep {
            return Self::finish(cx);
        }
        let idle = cx.iwd.state.phase == StationPhase::Disconnected;
        if idle && cx.is_masked() && cx.can_mask() {
            let (address, how) = (cx.card.initial, How::Live);
            cx.set_address(address, how);
        }
        cx.request(Request::Restore);
        cx.core.wake_in(RELEASE_TIMEOUT);
        Self::Releasing
    }

    pub(super) fn released(self, cx: &mut Context) -> Self {
        match self {
            Self::Releasing => Self::finish(cx),
            other => other,
        }
    }

    fn finish(cx: &mut Context) -> Self {
        cx.core.timer = None;
        cx.core.finish(cx.settings.on_exit == OnExit::Keep);
        Self::Released
    }

    /// The network that it is associating or associated to.
    pub(super) const fn network(&self) -> Option<&NetworkId> {
        match self {
            Self::Connecting(state) => Some(state.network()),
            Self::Connected(state) => Some(state.network()),
            _ => None,
        }
    }

    /// What iwd is about to set, unless the link has a right address already.
    pub(super) fn expected_address(&self, cx: &Context) -> Option<Mac> {
        let Self::Connecting(state) = self else {
            return None;
        };
        let network = state.network();
        let written = cx.files.written.get(network).map(|it| it.address);
        let is_used = cx.iwd.obstacle.is_none()
            && cx.is_in_place(network)
            && !cx.is_right(network, cx.core.link.address);
        written.filter(|_| is_used)
    }

    /// No frame has to leave under this address, which iwd is about to change.
    pub(super) fn silent_address(&self, cx: &Context) -> Option<Mac> {
        match self {
            Self::Connecting(state) => state.silent_address(cx),
            _ => None,
        }
    }

    /// Connected, or about to be, or not masked yet; a connection that is older than macveil counts.
    pub(super) fn is_connected(&self, cx: &Context) -> bool {
        match self {
            Self::Connecting(_) | Self::Connected(_) | Self::Rejoining(_) => true,
            // Only a search finds the network again, under a mask.
            Self::Refused(_) | Self::Idle(_) => cx.core.link.carrier || !cx.has_mask(),
            Self::Waiting => cx.core.link.carrier || cx.is_met() && !cx.has_mask(),
            Self::Releasing | Self::Released => false,
        }
    }

    /// When a network that is refused is tried again.
    pub(super) const fn retry_at(&self) -> Option<Time> {
        match self {
            Self::Refused(state) => Some(state.retry_at()),
            _ => None,
        }
    }

    pub(super) const fn kind(&self) -> StateKind {
        match self {
            Self::Waiting => StateKind::Absent,
            Self::Idle(_) => StateKind::Idle,
            Self::Connecting(_) => StateKind::Associating,
            Self::Connected(_) => StateKind::Associated,
            Self::Rejoining(_) => StateKind::Rejoining,
            Self::Refused(_) => StateKind::Refused,
            Self::Releasing => StateKind::Releasing,
            Self::Released => StateKind::Released,
        }
    }
}

/// The state that follows from what iwd does.
fn follow(cx: &mut Context) -> State {
    match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
        (StationPhase::Connecting, Some(network)) => Connecting::begin(cx, network, false),
        (StationPhase::Connected, Some(network)) => Connected::begin(cx, network, false),
        _ => Idle::begin(cx, Why::Quiet),
    }
}
