//! iwd is about to associate. It reports this before it changes the address, and associates even if the
//! change fails: the address that an access point answers to decides.

use std::time::Duration;

use super::{Connected, Context, Cut, Idle, Refused, State, Why};
use crate::machine::event::Link;
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, StationPhase};
use crate::machine::notice::IwdProblem;
use crate::types::{Bss, Mac};

/// While iwd changes the address it does not notice that the link goes down, and waits for ever.
const CUT_OFF_INTERVAL: Duration = Duration::from_secs(1);
/// So does iwd if another program changes the address or the link meanwhile. No attempt takes longer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Connecting {
    network: NetworkId,
    /// macveil requested it, after a connection under a wrong address.
    is_retry: bool,
    /// The address before iwd changed it.
    before: Mac,
}

impl Connecting {
    pub(super) fn begin(cx: &mut Context, network: NetworkId, is_retry: bool) -> State {
        cx.core.timer = None;
        cx.core.read_link();
        let state = Self {
            network,
            is_retry,
            before: cx.core.link.address,
        };
        if cx.iwd.obstacle.is_some() {
            return State::Connecting(state);
        }
        cx.leave_last_network(&state.network);
        cx.core.wake_in(ATTEMPT_TIMEOUT);
        if cx.search.lost.as_ref() == Some(&state.network) {
            cx.core.act(Action::GetScanResults);
        }
        if let Some(reason) = cx.files.obstacle(&state.network).cloned() {
            return Refused::begin(cx, state.network, IwdProblem::NoAddress { reason });
        }
        match cx.attempt.cut {
            Some(Cut::WrongAddress) => {
                return Refused::begin(cx, state.network, IwdProblem::AddressUnused);
            }
            Some(Cut::Spared) => cx.core.wake_in(CUT_OFF_INTERVAL),
            None => {}
        }
        match cx.just_shown() {
            Some(_) => state.address_shown(cx),
            None => State::Connecting(state),
        }
    }

    /// After a loss iwd tries the access point that it remembers. If the kernel has forgotten it, iwd would
    /// ask for the network by name, under its address; it forgets, too, when it starts over.
    pub(super) fn heard(self, cx: &mut Context, air: &[Bss]) -> State {
        let hidden = cx.known(&self.network).is_none_or(|known| known.hidden);
        if !hidden && !self.network.is_in(air, true) {
            return self.timeout(cx);
        }
        State::Connecting(self)
    }

    /// It is cut off until iwd notices.
    pub(super) fn timeout(self, cx: &mut Context) -> State {
        cx.cut_off();
        cx.core.wake_in(CUT_OFF_INTERVAL);
        State::Connecting(self)
    }

    pub(super) fn iwd_does(self, cx: &mut Context) -> State {
        match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
            (StationPhase::Connecting, Some(network)) if network != self.network => {
                Self::begin(cx, network, false)
            }
            (StationPhase::Connecting | StationPhase::Disconnecting, _)
            | (StationPhase::Connected, None) => State::Connecting(self),
            (StationPhase::Connected, Some(network)) => {
                let is_retry = self.is_retry && network == self.network;
                Connected::begin(cx, network, is_retry)
            }
            (StationPhase::Disconnected, _) => {
                let failed = cx.counters.failed_associations.saturating_add(1);
                cx.counters.failed_associations = failed;
                // A scan meanwhile can have spent its address.
                cx.write_addresses();
                Idle::begin(cx, Why::Failed)
            }
        }
    }

    /// A link with a carrier shows its address, even if the authentication was not heard of.
    pub(super) fn link_changed(self, cx: &mut Context) -> State {
        self.make_way(cx);
        if cx.core.link.carrier {
            cx.attempt.shown = Some((cx.core.link.address, cx.core.now));
            return self.address_shown(cx);
        }
        State::Connecting(self)
    }

    /// During a scan of another program the kernel refuses another address, and iwd goes on without it.
    pub(super) fn make_way(&self, cx: &mut Context) {
        let right = cx.is_right(&self.network, cx.core.link.address);
        if cx.search.is_scanning && !cx.iwd.state.scanning && !right && cx.iwd.obstacle.is_none() {
            cx.core.act(Action::AbortScan);
        }
    }

    pub(super) fn address_shown(self, cx: &mut Context) -> State {
        let Some((address, _)) = cx.attempt.shown.take() else {
            return State::Connecting(self);
        };
        if cx.iwd.obstacle.is_some() {
            return State::Connecting(self);
        }
        if cx.is_right(&self.network, address) {
            cx.network_sees(&self.network, address);
            return State::Connecting(self);
        }
        if cx.known(&self.network).is_none() && cx.can_be_made_up(&self.network, address) {
            cx.made_up.insert(self.network.clone(), address);
            return State::Connecting(self);
        }
        if cx.is_spared(address) {
            return self.timeout(cx);
        }
        Refused::begin(cx, self.network, IwdProblem::AddressUnused)
    }

    /// An address under which no frame of this attempt leaves: iwd is about to set another one, which macveil
    /// need not know before it is used.
    pub(super) fn silent_address(&self, cx: &Context) -> Option<Mac> {
        let Link {
            address, carrier, ..
        } = cx.core.link;
        let written = cx.files.written.get(&self.network);
        let stays = if cx.known(&self.network).is_some() {
            written.is_some_and(|it| it.address == address)
        } else if self.before == address {
            cx.made_up.get(&self.network) == Some(&address)
        } else {
            cx.can_be_made_up(&self.network, address) && !cx.is_right(&self.network, address)
        };
        (!stays && !carrier && cx.iwd.obstacle.is_none()).then_some(address)
    }

    pub(super) const fn network(&self) -> &NetworkId {
        &self.network
    }
}
