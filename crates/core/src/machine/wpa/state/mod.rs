//! The states, one file each.
//!
//! A state is consumed by an event and returns the next one. The interface is masked in all states but
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
//! Commands of the user lead from [`Waiting`], [`Scanning`] and [`Disconnected`] to [`Paused`] and, for one
//! scan, to [`UserScan`], and back.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a handler takes its events by value, whether or not the state keeps them"
)]

mod associated;
mod associating;
mod attaching;
mod blocked;
mod disconnected;
mod disconnecting;
mod hotspot;
mod masking;
mod passive_scan;
mod paused;
mod releasing;
mod roaming;
mod scanning;
mod user_scan;
mod waiting;

use super::backend::{Reply, Request, Supplicant};
use super::context::Context;
use crate::machine::KernelError;
use crate::machine::event::{Command, Link, MlmeEvent, ScanStarted};
use crate::machine::status::StateKind;
use crate::types::Bss;

pub(super) use associated::Associated;
pub(super) use associating::Associating;
pub(super) use attaching::Attaching;
pub(super) use blocked::Blocked;
pub(super) use disconnected::Disconnected;
pub(super) use disconnecting::Disconnecting;
pub(super) use hotspot::Hotspot;
pub(super) use masking::{Masking, NextState};
pub(super) use paused::Paused;
pub(super) use releasing::{Activity, Releasing};
pub(super) use scanning::Scanning;
pub(super) use user_scan::UserScan;
pub(super) use waiting::Waiting;

/// The state of the machine.
#[derive(Debug)]
pub(super) enum State {
    /// Setting a mask.
    Masking(Masking),
    /// Masked, or connected; there is no supplicant yet.
    Waiting(Waiting),
    /// First contact with the supplicant.
    Attaching(Attaching),
    /// Masked, searching for a network.
    Scanning(Scanning),
    /// From the choice of a network to its connection.
    Associating(Associating),
    /// Connected under the assigned address.
    Associated(Associated),
    /// The association is over.
    Disconnecting(Disconnecting),
    /// Masked and silent: the user disconnected.
    Disconnected(Disconnected),
    /// Masked and silent: the user paused macveil.
    Paused(Paused),
    /// Masked, scanning for the user.
    UserScan(UserScan),
    /// Masked: the supplicant is to become an access point.
    Hotspot(Hotspot),
    /// The link is held down.
    Blocked(Blocked),
    /// Restoring settings.
    Releasing(Releasing),
    /// The machine has ended.
    Released(Released),
    /// Not protected, as the user allows.
    Unprotected(Unprotected),
}

/// The reaction of a state to each source of events. A state ignores what it does not override.
pub(super) trait Handler: Sized + Into<State> {
    /// A notification of the link.
    fn link_changed(self, _cx: &mut Context, _link: Link) -> State {
        self.into()
    }

    /// The link, as an action of a state left it.
    fn link_answered(self, _cx: &mut Context, _answer: Result<Link, KernelError>) -> State {
        self.into()
    }

    /// The attempt to set an address is over; the link can have another address all the same.
    fn address_set(self, _cx: &mut Context, _result: Result<Link, KernelError>) -> State {
        self.into()
    }

    /// Another program's scan began.
    fn external_scan_started(self, _cx: &mut Context, _scan: ScanStarted) -> State {
        self.into()
    }

    fn scan_accepted(self, _cx: &mut Context, _result: Result<(), KernelError>) -> State {
        self.into()
    }

    fn scan_ended(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn scan_results(self, _cx: &mut Context, _found: Vec<Bss>) -> State {
        self.into()
    }

    fn mlme(self, _cx: &mut Context, _event: MlmeEvent) -> State {
        self.into()
    }

    /// An unsolicited event, other than the supplicant's end.
    fn supplicant(self, _cx: &mut Context, _event: Supplicant) -> State {
        self.into()
    }

    /// The supplicant has ended: by default the interface is masked until there is another one.
    fn supplicant_vanished(self, cx: &mut Context) -> State {
        Masking::begin(cx, NextState::Wait)
    }

    fn reply(self, _cx: &mut Context, _reply: Reply) -> State {
        self.into()
    }

    /// A command, other than to release the interface.
    fn command(self, _cx: &mut Context, _command: Command) -> State {
        self.into()
    }

    fn release(self, cx: &mut Context) -> State {
        Releasing::begin(cx, Activity::Other)
    }

    fn overrun(self, _cx: &mut Context) -> State {
        self.into()
    }

    /// The supplicant uses the interface in another mode, under an address that is not for that: it ends, and begins
    /// under its own.
    fn mode_changed(self, cx: &mut Context) -> State {
        Disconnecting::while_down(cx)
    }

    fn timeout(self, _cx: &mut Context) -> State {
        self.into()
    }
}

/// The machine has ended.
#[derive(Debug)]
pub(super) struct Released;

impl Handler for Released {
    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn release(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn mode_changed(self, _cx: &mut Context) -> State {
        self.into()
    }
}

/// The interface cannot be masked, and the user allows to go on.
#[derive(Debug)]
pub(super) struct Unprotected;

impl Handler for Unprotected {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if link.up && !link.carrier {
            // It does not connect with a link that is down.
            cx.request(Request::Restore { resume: true });
        }
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if event == Supplicant::Appeared {
            // A new supplicant can still have macveil's settings.
            cx.request(Request::Restore { resume: true });
        }
        self.into()
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn mode_changed(self, _cx: &mut Context) -> State {
        self.into()
    }
}

/// Makes each state a variant of `State`, and lets `State` pass every event to it.
macro_rules! states {
    ($($state:ident)*) => {
        $(
            impl From<$state> for State {
                fn from(state: $state) -> Self {
                    Self::$state(state)
                }
            }
        )*

        impl State {
            pub(super) const fn kind(&self) -> StateKind {
                match self {
                    $(Self::$state(_) => StateKind::$state,)*
                }
            }
        }

        states!(@methods ($($state)*)
            link_changed(link: Link)
            link_answered(answer: Result<Link, KernelError>)
            address_set(result: Result<Link, KernelError>)
            external_scan_started(scan: ScanStarted)
            scan_accepted(result: Result<(), KernelError>)
            scan_ended()
            scan_results(found: Vec<Bss>)
            mlme(event: MlmeEvent)
            supplicant(event: Supplicant)
            supplicant_vanished()
            reply(reply: Reply)
            command(command: Command)
            release()
            overrun()
            mode_changed()
            timeout()
        );
    };
    (@methods $states:tt $($method:ident($($argument:ident: $type:ty)?))*) => {
        impl Handler for State {
            $(states!(@method $states $method($($argument: $type)?));)*
        }
    };
    (@method ($($state:ident)*) $method:ident()) => {
        fn $method(self, cx: &mut Context) -> Self {
            match self {
                $(Self::$state(state) => state.$method(cx),)*
            }
        }
    };
    (@method ($($state:ident)*) $method:ident($argument:ident: $type:ty)) => {
        fn $method(self, cx: &mut Context, $argument: $type) -> Self {
            match self {
                $(Self::$state(state) => state.$method(cx, $argument),)*
            }
        }
    };
}

states!(
    Masking Waiting Attaching Scanning Associating Associated Disconnecting Disconnected Paused
    UserScan Hotspot Blocked Releasing Released Unprotected
);
