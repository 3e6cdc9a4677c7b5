//! Setting a mask, and trusting only what is read back.

use std::time::Duration;

use rustix::io::Errno;

use super::{
    Attaching, Blocked, Context, Disconnected, Handler, Hotspot, Paused, Scanning, State, UserScan,
    Waiting,
};
use crate::machine::KernelError;
use crate::machine::Time;
use crate::machine::action::How;
use crate::machine::event::{Link, MlmeEvent};
use crate::machine::notice::{Notice, Remark};
use crate::machine::settings::OnFailure;
use crate::machine::status::Method;
use crate::types::Mac;

/// A refusal can be transient (`EBUSY` while another program scans).
const MAX_TRIES: u32 = 4;
const RETRY_PAUSE: Duration = Duration::from_millis(60);

#[derive(Debug)]
pub(in crate::machine) struct Masking {
    next: NextState,
    mask: Mac,
    how: How,
    tries: u32,
    /// The driver refused; the timer starts the next try.
    is_pausing: bool,
}

/// The state after the interface is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::machine) enum NextState {
    /// Wait for a supplicant.
    Wait,
    /// Search for a network.
    Scan,
    /// Search for a network from this moment on.
    ScanAt(Time),
    /// Stay disconnected until the user wants to connect.
    Disconnect,
    /// Let the supplicant become the access point of its network of this number.
    Hotspot(u32),
}

impl NextState {
    /// Continues after a mask is set. A new supplicant is attached first, then come commands of the user.
    pub(super) fn enter(self, cx: &mut Context) -> State {
        let is_known = cx.supplicant.is_attached && self != Self::Wait;
        match self {
            _ if cx.supplicant.is_present && !is_known => Attaching::begin(cx),
            _ if cx.user.scan_requested && cx.core.link.up => UserScan::begin(cx, self),
            _ if !cx.supplicant.is_present => Waiting::begin(cx),
            _ if !cx.core.link.up => Blocked::until_up(cx, self),
            _ if cx.user.pause.is_some() => Paused::begin(cx, self),
            Self::Wait | Self::Scan => Scanning::begin(cx),
            Self::ScanAt(moment) => Scanning::begin_at(cx, moment),
            Self::Disconnect => Disconnected::begin(cx),
            Self::Hotspot(id) => Hotspot::begin(cx, id),
        }
    }
}

impl Masking {
    /// Masks an interface that another program has just changed.
    pub(super) fn again(cx: &mut Context, next: NextState) -> State {
        cx.note_dispute();
        Self::begin(cx, next)
    }

    /// A masked interface got another address, or a connection.
    pub(super) fn if_disturbed(cx: &mut Context, link: Link, next: NextState) -> Option<State> {
        if !cx.is_masked() {
            return Some(Self::again(cx, next));
        }
        let is_connected = cx.has_foreign_carrier(link);
        is_connected.then(|| Self::end_foreign_connection(cx, next))
    }

    /// A masked interface gets a connection.
    pub(super) fn if_connected(
        cx: &mut Context,
        event: MlmeEvent,
        next: NextState,
    ) -> Option<State> {
        let is_connected = cx.is_connected_by_others(event);
        is_connected.then(|| Self::end_foreign_connection(cx, next))
    }

    /// Ends a connection that another program has made, which the supplicant does not see.
    fn end_foreign_connection(cx: &mut Context, next: NextState) -> State {
        cx.remark(Remark::ForeignConnection);
        Self::again(cx, next)
    }

    /// Masks an interface that can have any address, by a cycle, which also ends any association. Where
    /// another program keeps changing the address, the link is held down instead.
    pub(in crate::machine) fn begin(cx: &mut Context, next: NextState) -> State {
        if cx.conflict.asks_for_pause() {
            return Blocked::until_conflict_ends(cx, next);
        }
        let link_stays_down = !cx.core.link.up && !cx.core.is_held_down;
        let how = if link_stays_down {
            How::WhileDown
        } else {
            How::Cycle
        };
        Self::attempt(cx, next, how, 0)
    }

    /// Replaces a mask by another, with the least disturbance.
    pub(in crate::machine) fn rotate(cx: &mut Context, next: NextState) -> State {
        let how = if cx.core.link.up {
            cx.mask.method.how()
        } else {
            How::Cycle
        };
        Self::attempt(cx, next, how, 0)
    }

    fn attempt(cx: &mut Context, next: NextState, how: How, tries: u32) -> State {
        cx.leave_state();
        let mask = match next {
            NextState::Hotspot(_) => cx.draw_hotspot_address(),
            _ => cx.draw_mask(),
        };
        cx.mask.current = None;
        cx.core.set_mask(mask, how);
        cx.stop_p2p_devices();
        State::Masking(Self {
            next,
            mask,
            how,
            tries,
            is_pausing: false,
        })
    }

    fn read_back(self, cx: &mut Context, link: Link) -> State {
        // A live change can meet a link that another program has just taken down.
        if link.address == self.mask && (link.up || self.how != How::Cycle) {
            return self.masked(cx);
        }
        self.refused(cx, &KernelError::of_another_address(link))
    }

    fn masked(self, cx: &mut Context) -> State {
        let address = self.mask;
        cx.mask.set(address, cx.core.now);
        cx.counters.masks = cx.counters.masks.saturating_add(1);
        cx.core.notify(Notice::Masked { address });
        cx.counters.holds_in_a_row = 0;
        self.next.enter(cx)
    }

    fn refused(mut self, cx: &mut Context, error: &KernelError) -> State {
        if error.errno == Some(Errno::RFKILL) {
            // The radio is off. The address is in place; only the link cannot come up.
            self.how = How::WhileDown;
            cx.core.read_link();
            return self.into();
        }
        if self.how == How::Live {
            cx.remark(Remark::LiveChangeFailed(error.clone()));
            cx.mask.method = Method::Bounce;
            return Self::attempt(cx, self.next, How::Cycle, self.tries);
        }
        self.tries += 1;
        if self.tries >= MAX_TRIES {
            if cx.settings.on_failure == OnFailure::Open && self.how == How::Cycle {
                // The attempts may have left it down.
                cx.core.bring_up();
            }
            return Blocked::begin(cx, self.next, error);
        }
        self.is_pausing = true;
        if cx.core.link.up && cx.settings.on_failure == OnFailure::Closed {
            cx.set_link_down();
        }
        cx.core.wake_in(RETRY_PAUSE * self.tries);
        self.into()
    }

    fn result(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        match result {
            _ if self.is_pausing => self.into(),
            Ok(link) => self.read_back(cx, link),
            Err(error) => self.refused(cx, &error),
        }
    }
}

impl Handler for Masking {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        // Another program brings the link up under an address that is not a mask.
        if self.is_pausing && link.up {
            cx.set_link_down();
        }
        self.into()
    }

    fn link_answered(self, cx: &mut Context, answer: Result<Link, KernelError>) -> State {
        self.result(cx, answer)
    }

    fn address_set(self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        self.result(cx, result)
    }

    /// The driver takes its time to change the address of a link that is up, and another program connects it
    /// meanwhile: a link that is down ends that.
    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        if self.how == How::Live && cx.is_connected_by_others(event) {
            return Self::attempt(cx, self.next, How::Cycle, self.tries);
        }
        self.into()
    }

    fn supplicant_vanished(self, _cx: &mut Context) -> State {
        self.into()
    }

    fn timeout(self, cx: &mut Context) -> State {
        Self::attempt(cx, self.next, self.how, self.tries)
    }
}
