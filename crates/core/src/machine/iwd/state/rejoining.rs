//! iwd disconnects, and connects to the same network again, under the right address.

use std::time::Duration;

use super::idle::FILE_DELAY;
use super::{Connected, Connecting, Context, Idle, Refused, State, Why};
use crate::machine::action::How;
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, Request, StationPhase};
use crate::machine::notice::IwdProblem;

/// For each step.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Rejoining {
    network: NetworkId,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// iwd disconnects, and the file is written.
    Disconnect,
    /// iwd is disconnected, and reads the file.
    Settle,
    /// iwd connects.
    Connect,
}

impl Rejoining {
    /// Ends the connection first.
    pub(super) fn begin(cx: &mut Context, network: NetworkId) -> State {
        cx.request(Request::Disconnect);
        cx.core.wake_in(STEP_TIMEOUT);
        let step = Step::Disconnect;
        Self { network, step }.proceed(cx)
    }

    /// iwd is disconnected already.
    pub(super) fn resume(cx: &mut Context, network: NetworkId) -> State {
        Self {
            network,
            step: Step::Settle,
        }
        .connect(cx)
    }

    /// Continues once iwd is disconnected and the file is written.
    pub(super) fn proceed(mut self, cx: &mut Context) -> State {
        let disconnected = cx.iwd.state.phase == StationPhase::Disconnected;
        if self.step == Step::Disconnect && disconnected && cx.is_in_place(&self.network) {
            self.step = Step::Settle;
            cx.core.wake_in(FILE_DELAY);
        }
        State::Rejoining(self)
    }

    fn connect(mut self, cx: &mut Context) -> State {
        // A driver can refuse iwd's address: it would go on under the card's own. iwd starts over.
        if cx.shows_card() {
            cx.put_mask(How::Cycle);
            return Idle::begin(cx, Why::Failed);
        }
        self.step = Step::Connect;
        if cx.search.is_scanning {
            cx.core.act(Action::AbortScan);
        }
        cx.request(Request::Connect(self.network.clone()));
        cx.core.wake_in(STEP_TIMEOUT);
        State::Rejoining(self)
    }

    pub(super) fn iwd_does(self, cx: &mut Context) -> State {
        let apart = self.step != Step::Disconnect;
        match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
            (StationPhase::Disconnected | StationPhase::Disconnecting, _) => {
                // The association is over: the next one can have another address.
                cx.write_addresses();
                self.proceed(cx)
            }
            // The request to disconnect is on its way.
            (_, Some(network)) if network == self.network && !apart => State::Rejoining(self),
            (StationPhase::Connecting, Some(network)) => {
                let again = network == self.network;
                Connecting::begin(cx, network, again)
            }
            (StationPhase::Connected, Some(network)) => {
                let again = network == self.network;
                Connected::begin(cx, network, again)
            }
            (_, None) => State::Rejoining(self),
        }
    }

    /// iwd refuses to disconnect if it is not connected, too.
    pub(super) fn refused(self, cx: &mut Context, why: &str) -> State {
        if self.step != Step::Connect {
            return State::Rejoining(self);
        }
        Refused::begin(
            cx,
            self.network,
            IwdProblem::NotRejoined {
                reason: why.to_owned(),
            },
        )
    }

    pub(super) fn timeout(self, cx: &mut Context) -> State {
        match self.step {
            Step::Settle => self.connect(cx),
            Step::Disconnect if cx.iwd.state.phase == StationPhase::Disconnected => {
                Refused::begin(cx, self.network, IwdProblem::NotWritten)
            }
            Step::Disconnect => Refused::begin(cx, self.network, IwdProblem::NotDisconnected),
            Step::Connect => Idle::begin(cx, Why::Failed),
        }
    }
}
