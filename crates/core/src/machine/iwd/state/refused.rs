//! The address was wrong, so the attempt was cut off, and iwd is told to stay disconnected for a while, and
//! longer each time.

use std::time::Duration;

use super::{Context, Rejoining, State, follow};
use crate::machine::Time;
use crate::machine::iwd::backend::{NetworkId, Request, StationPhase};
use crate::machine::notice::{FailReason, IwdProblem, Notice};
use crate::time::doubled;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);
/// Until iwd is disconnected it is cut off again: while it changes the address it takes a link that goes down for its
/// own doing, and then waits for ever.
const AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Refused {
    network: NetworkId,
    until: Time,
    /// iwd was disconnected since.
    apart: bool,
    /// It was told to stay so.
    quiet: bool,
}

impl Refused {
    pub(super) fn begin(cx: &mut Context, network: NetworkId, problem: IwdProblem) -> State {
        let apart = cx.iwd.state.phase == StationPhase::Disconnected;
        if apart {
            cx.request(Request::Disconnect);
        } else if !std::mem::take(&mut cx.iwd.is_cut_off) {
            cx.cut_off();
        }
        let count = cx.refusals.entry(network.clone()).or_default();
        let pause = doubled(FIRST, *count, LONGEST);
        *count = count.saturating_add(1);
        let first = *count == 1;
        cx.counters.failed_associations = cx.counters.failed_associations.saturating_add(1);
        cx.problem = Some(problem.clone());
        if first {
            cx.core.notify(Notice::Failed {
                ssid: network.ssid.clone(),
                reason: FailReason::Iwd(problem),
                retry_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            });
        }
        let until = cx.core.now.saturating_add(pause);
        Self {
            network,
            until,
            apart,
            quiet: apart,
        }
        .arm(cx)
    }

    /// iwd starts over: its next attempt is another one.
    pub(super) fn station_gone(mut self, cx: &mut Context) -> State {
        self.apart = true;
        self.quiet = false;
        cx.iwd.is_cut_off = false;
        self.arm(cx)
    }

    pub(super) fn iwd_does(mut self, cx: &mut Context) -> State {
        let same = cx.iwd.state.network.as_ref() == Some(&self.network);
        match cx.iwd.state.phase {
            StationPhase::Disconnected => {
                self.apart = true;
                if !std::mem::replace(&mut self.quiet, true) {
                    cx.request(Request::Disconnect);
                }
                self.arm(cx)
            }
            StationPhase::Disconnecting => State::Refused(self),
            // What was to be ended goes on for a moment.
            StationPhase::Connecting | StationPhase::Connected if same && !self.apart => {
                State::Refused(self)
            }
            StationPhase::Connecting | StationPhase::Connected
                if cx.iwd.state.network.is_none() =>
            {
                State::Refused(self)
            }
            StationPhase::Connecting | StationPhase::Connected => {
                cx.problem = None;
                follow(cx)
            }
        }
    }

    pub(super) fn timeout(self, cx: &mut Context) -> State {
        if !self.apart {
            cx.cut_off();
            return self.arm(cx);
        }
        cx.write_addresses();
        Rejoining::resume(cx, self.network)
    }

    fn arm(self, cx: &mut Context) -> State {
        let again = cx.core.now.saturating_add(AGAIN);
        cx.core.timer = Some(if self.apart { self.until } else { again });
        State::Refused(self)
    }
}
