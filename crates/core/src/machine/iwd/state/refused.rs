//! The address was wrong: the attempt was cut off, and iwd stays disconnected, with increasing pauses.

use std::time::Duration;

use super::idle::FILE_DELAY;
use super::{Context, Rejoining, State, follow};
use crate::machine::Time;
use crate::machine::iwd::backend::{NetworkId, Request, StationPhase, Turn};
use crate::machine::notice::{FailReason, IwdProblem, Notice};
use crate::time::doubled;
use crate::types::Bss;

const FIRST_PAUSE: Duration = Duration::from_secs(5);
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// Until iwd is disconnected it is cut off again: while iwd changes the address it does not notice that the
/// link goes down, and waits for ever.
const CUT_OFF_INTERVAL: Duration = Duration::from_secs(1);
/// iwd visits all channels within this time.
const SEARCH_TIME: Duration = Duration::from_secs(5);
/// Between searches for other networks.
const OTHERS_INTERVAL: Duration = Duration::from_secs(10);
/// iwd starts over, and is told to stay disconnected.
const OTHERS_DELAY: Duration = Duration::from_millis(500);
/// It is another interface's turn.
const TURN_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Refused {
    network: NetworkId,
    until: Time,
    /// iwd was disconnected since.
    is_disconnected: bool,
    /// iwd was told to stay disconnected.
    is_told: bool,
    /// iwd can have forgotten the network, because its last scans were ended.
    is_forgotten: bool,
    /// When it looks for other networks to join.
    others_at: Option<Time>,
}

impl Refused {
    pub(super) fn begin(cx: &mut Context, network: NetworkId, problem: IwdProblem) -> State {
        let is_disconnected = cx.iwd.state.phase == StationPhase::Disconnected;
        let is_forgotten = matches!(problem, IwdProblem::NotRejoined { .. });
        if is_disconnected {
            cx.request(Request::Disconnect);
            if is_forgotten {
                cx.mask_in_place_of_assigned();
            }
        } else if cx.attempt.cut.take().is_none() {
            cx.cut_off();
        }
        let (pause, first) = next_pause(cx, &network);
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
            is_disconnected,
            is_told: is_disconnected,
            is_forgotten,
            others_at: is_disconnected.then(|| cx.core.now.saturating_add(OTHERS_DELAY)),
        }
        .arm(cx)
    }

    /// iwd starts over.
    pub(super) fn station_gone(mut self, cx: &mut Context) -> State {
        self.is_disconnected = true;
        self.is_told = false;
        cx.attempt.cut = None;
        self.arm(cx)
    }

    pub(super) fn iwd_does(mut self, cx: &mut Context) -> State {
        let same = cx.iwd.state.network.as_ref() == Some(&self.network);
        match cx.iwd.state.phase {
            StationPhase::Disconnected => {
                self.is_disconnected = true;
                if !std::mem::replace(&mut self.is_told, true) {
                    cx.request(Request::Disconnect);
                    self.others_at = Some(cx.core.now.saturating_add(OTHERS_DELAY));
                }
                self.arm(cx)
            }
            StationPhase::Disconnecting => State::Refused(self),
            // The attempt that was cut off goes on for a moment.
            StationPhase::Connecting | StationPhase::Connected if same && !self.is_disconnected => {
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

    pub(super) fn timeout(mut self, cx: &mut Context) -> State {
        if !self.is_disconnected {
            cx.cut_off();
            return self.arm(cx);
        }
        if self.until > cx.core.now {
            return self.search_others(cx);
        }
        if cx.files.turn == Turn::Other {
            self.until = cx.core.now.saturating_add(TURN_INTERVAL);
            return self.arm(cx);
        }
        cx.write_addresses();
        if cx.files.obstacle(&self.network).is_some() {
            let (pause, _) = next_pause(cx, &self.network);
            self.until = cx.core.now.saturating_add(pause);
            return self.arm(cx);
        }
        if std::mem::take(&mut self.is_forgotten) && cx.has_mask() && cx.can_search() {
            cx.request(Request::Scan);
            self.until = cx.core.now.saturating_add(SEARCH_TIME);
            return self.arm(cx);
        }
        Rejoining::resume(cx, self.network)
    }

    /// Without a request, iwd joins none of them.
    fn search_others(mut self, cx: &mut Context) -> State {
        let is_possible = cx.others(&self.network).next().is_some();
        self.others_at = is_possible.then(|| cx.core.now.saturating_add(OTHERS_INTERVAL));
        if is_possible && cx.has_mask() && cx.can_search() {
            cx.request(Request::Scan);
        }
        self.arm(cx)
    }

    pub(super) fn heard(self, cx: &mut Context, air: &[Bss]) -> State {
        match cx.another_heard(&self.network, air) {
            Some(other) if self.is_told => {
                cx.problem = None;
                Rejoining::resume(cx, other)
            }
            _ => State::Refused(self),
        }
    }

    /// What was wrong with the network's file may have been put right.
    pub(super) fn addresses_written(mut self, cx: &mut Context) -> State {
        let is_right = cx.files.obstacle(&self.network).is_none();
        if is_right && matches!(cx.problem, Some(IwdProblem::NoAddress { .. })) {
            self.until = self.until.min(cx.core.now.saturating_add(FILE_DELAY));
        }
        self.arm(cx)
    }

    /// When the network is tried again.
    pub(super) const fn retry_at(&self) -> Time {
        self.until
    }

    fn arm(self, cx: &mut Context) -> State {
        let again = cx.core.now.saturating_add(CUT_OFF_INTERVAL);
        cx.core.timer = Some(if self.is_disconnected {
            self.others_at.map_or(self.until, |at| at.min(self.until))
        } else {
            again
        });
        State::Refused(self)
    }
}

/// The pause before the next attempt, and whether it is the first.
fn next_pause(cx: &mut Context, network: &NetworkId) -> (Duration, bool) {
    let count = cx.refusals.entry(network.clone()).or_default();
    let pause = doubled(FIRST_PAUSE, *count, MAX_PAUSE);
    *count = count.saturating_add(1);
    (pause, *count == 1)
}
