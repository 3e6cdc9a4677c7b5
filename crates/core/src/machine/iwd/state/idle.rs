//! Not connected: the card is masked where it can be, and iwd is told to look for what was lost.

use std::time::Duration;

use super::super::backoff::ReconnectBackoff;
use super::{Connected, Connecting, Context, State};
use crate::machine::Time;
use crate::machine::action::How;
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, Request, StationPhase};
use crate::types::Frequency;

/// iwd says that a scan is over, and chooses a network right after: its change of the address is not to be
/// crossed by one of ours.
const SETTLED: Duration = Duration::from_millis(300);
/// iwd was asked to look for networks and does not say that it does.
const UNANSWERED: Duration = Duration::from_secs(10);
/// For iwd to have read what a scan has heard.
const READING: Duration = Duration::from_millis(50);
/// A scan of the fast bands takes three seconds.
const LISTEN: Duration = Duration::from_millis(250);
/// Where iwd looks first, in MHz: channels 1, 6 and 11.
const USUAL_CHANNELS: [Frequency; 3] = [2412, 2437, 2462];
/// One search of so many is for every channel.
const WHOLE_SEARCH: u32 = 6;
/// It had something else to do.
const BUSY: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Idle {
    /// When the card may be masked.
    mask_at: Option<Time>,
    /// Masking was tried since iwd was busy last.
    tried: bool,
    search: Option<Search>,
    /// What is there again, and when it is joined.
    join: Option<(Time, NetworkId)>,
    /// While a scan goes on: when to see what it has heard so far.
    listen_at: Option<Time>,
}

/// iwd is told to look for a network.
#[derive(Debug)]
struct Search {
    /// When it is told the next time, or is asked why it does not look.
    next: Time,
    /// It looks.
    looking: bool,
    /// Searches so far.
    searches: u32,
    /// Scans that this one has had: iwd looks on the three usual channels, then in the fast bands, then on
    /// the rest of the slow one.
    scans: u32,
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::machine::iwd) enum Why {
    /// One has ended that nobody wanted to end.
    Lost,
    /// One has not come about.
    Failed,
    /// The user wanted none, or iwd has just begun.
    Quiet,
}

impl Idle {
    pub(super) fn begin(cx: &mut Context, why: Why) -> State {
        cx.problem = None;
        cx.iwd.is_cut_off = false;
        match why {
            Why::Lost => {
                cx.search.backoff = cx
                    .search
                    .lost
                    .is_some()
                    .then(|| ReconnectBackoff::new(cx.core.now))
            }
            Why::Failed => {
                if let Some(wake) = &mut cx.search.backoff {
                    wake.failed();
                }
            }
            Why::Quiet => cx.search.backoff = None,
        }
        if cx.search.backoff.is_none() {
            cx.search.lost = None;
        }
        let mut idle = Self {
            mask_at: None,
            tried: false,
            search: Search::begin(cx),
            join: None,
            listen_at: None,
        };
        idle.look_at_scan(cx);
        idle.arm(cx)
    }

    pub(super) fn iwd_does(mut self, cx: &mut Context) -> State {
        match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
            (StationPhase::Connecting, Some(network)) => Connecting::begin(cx, network, false),
            (StationPhase::Connected, Some(network)) => Connected::begin(cx, network, false),
            (StationPhase::Disconnected, _) => {
                self.look_at_scan(cx);
                self.arm(cx)
            }
            _ => State::Idle(self),
        }
    }

    fn look_at_scan(&mut self, cx: &mut Context) {
        if cx.iwd.state.scanning {
            self.mask_at = None;
            self.tried = false;
        } else if cx.may_mask() && !self.tried && self.mask_at.is_none() {
            self.mask_at = Some(cx.core.now.saturating_add(SETTLED));
        }
        if let Some(search) = &mut self.search {
            search.look_at_scan(cx);
        }
    }

    /// iwd does not look for networks now.
    pub(super) fn refused(mut self, cx: &mut Context) -> State {
        if let Some(search) = &mut self.search {
            search.next = cx.core.now.saturating_add(BUSY);
        }
        self.arm(cx)
    }

    /// iwd reads the same results, and knows the network when it has.
    pub(super) fn heard_again(mut self, cx: &mut Context, network: NetworkId) -> State {
        if self.join.is_none() {
            self.join = Some((cx.core.now.saturating_add(READING), network));
            self.mask_at = None;
        }
        self.arm(cx)
    }

    /// What was lost on one of the first three channels was not there: the rest of a search takes seconds,
    /// in which it may come back, so only some searches go on.
    pub(super) fn scan_started(mut self, cx: &mut Context) -> State {
        let usual = cx
            .search
            .frequency
            .is_some_and(|it| USUAL_CHANNELS.contains(&it));
        if let Some(search) = &mut self.search {
            search.scans = search.scans.saturating_add(1);
            let whole = search.searches % WHOLE_SEARCH == 0;
            if search.scans == 2 && search.looking && usual && !whole {
                cx.core.act(Action::AbortScan);
            }
            self.listen_at = Some(cx.core.now.saturating_add(LISTEN));
        }
        self.arm(cx)
    }

    fn join(&mut self, cx: &mut Context, network: NetworkId) {
        // What is left of its search is of no interest, and would be waited for.
        cx.core.act(Action::AbortScan);
        cx.request(Request::Connect(network));
        if let Some(search) = &mut self.search {
            search.next = cx.core.now.saturating_add(UNANSWERED);
        }
    }

    pub(super) fn resumed(mut self, cx: &mut Context) -> State {
        if cx.search.backoff.is_some() {
            cx.search.backoff = Some(ReconnectBackoff::new(cx.core.now));
            self.search = Search::begin(cx);
        }
        self.arm(cx)
    }

    pub(super) fn rotate(mut self, cx: &mut Context) -> State {
        self.tried = false;
        self.look_at_scan(cx);
        self.arm(cx)
    }

    pub(super) fn timeout(mut self, cx: &mut Context) -> State {
        let now = cx.core.now;
        let due = |at: Time| at <= now;
        if self.mask_at.is_some_and(due) {
            self.mask_at = None;
            self.tried = true;
            if cx.core.link.up && !cx.is_masked() {
                if cx.search.is_scanning {
                    // iwd does not; whoever does may do so all the time.
                    cx.core.act(Action::AbortScan);
                }
                cx.put_mask(How::Live);
            }
        }
        if self.listen_at.is_some_and(due) {
            self.listen_at = cx.search.is_scanning.then(|| now.saturating_add(LISTEN));
            cx.core.act(Action::GetScanResults);
        }
        if let Some((_, network)) = self.join.take_if(|(at, _)| due(*at)) {
            self.join(cx, network);
        }
        if self.search.as_ref().is_some_and(|it| it.next <= now) && cx.may_wake() {
            self.search(cx);
        }
        self.arm(cx)
    }

    /// Has iwd look, once the card has an address that may be shown.
    fn search(&mut self, cx: &mut Context) {
        let masks_first = cx.scans_show() && !cx.is_masked();
        let Some(search) = &mut self.search else {
            return;
        };
        if !masks_first {
            cx.request(Request::Scan);
            search.searches = search.searches.wrapping_add(1);
            search.scans = 0;
            search.next = cx.core.now.saturating_add(UNANSWERED);
        } else if cx.search.is_scanning || self.tried {
            search.next = cx.core.now.saturating_add(BUSY);
            self.tried = false;
        } else {
            self.tried = true;
            cx.put_mask(How::Live);
            search.next = cx.core.now.saturating_add(READING);
        }
    }

    fn arm(self, cx: &mut Context) -> State {
        let search = self.search.as_ref().filter(|_| cx.may_wake());
        let search = search.map(|search| search.next);
        let join = self.join.as_ref().map(|(at, _)| *at);
        let others = [self.mask_at, join, self.listen_at];
        let others = others.into_iter().flatten();
        cx.core.timer = others.chain(search).min();
        State::Idle(self)
    }
}

impl Search {
    /// Nothing is looked for if iwd would join nothing by itself.
    fn begin(cx: &mut Context) -> Option<Self> {
        let wake = cx.search.backoff.as_mut()?;
        let pause = wake.pause(cx.core.now, &mut cx.rng);
        Some(Self {
            next: cx.core.now.saturating_add(pause),
            looking: false,
            searches: 0,
            scans: 0,
        })
    }

    fn look_at_scan(&mut self, cx: &mut Context) {
        let looked = std::mem::replace(&mut self.looking, cx.iwd.state.scanning);
        if cx.iwd.state.scanning {
            self.next = cx.core.now.saturating_add(UNANSWERED);
        } else if let Some(wake) = cx.search.backoff.as_mut().filter(|_| looked) {
            let pause = wake.pause(cx.core.now, &mut cx.rng);
            self.next = cx.core.now.saturating_add(pause);
        }
    }
}
