//! Not connected: the interface is masked where possible, and iwd searches for a lost network on request.

use std::time::Duration;

use super::super::backoff::ReconnectBackoff;
use super::{Connected, Connecting, Context, State};
use crate::machine::Time;
use crate::machine::action::How;
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, Request, StationPhase};
use crate::types::Frequency;

/// iwd chooses a network right after a scan: macveil must not change the address at the same time.
const MASK_DELAY: Duration = Duration::from_millis(300);
/// iwd was asked to search, and does not report a scan.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(10);
/// iwd needs this long to read scan results.
const RESULTS_DELAY: Duration = Duration::from_millis(50);
/// A scan of the 5 GHz band takes three seconds: its results are read meanwhile.
const RESULTS_INTERVAL: Duration = Duration::from_millis(250);
/// The channels that iwd scans first, in MHz: 1, 6 and 11.
const USUAL_CHANNELS: [Frequency; 3] = [2412, 2437, 2462];
/// Every sixth search visits all channels.
const FULL_SEARCH_INTERVAL: u32 = 6;
/// iwd needs this long to notice and read a changed file.
pub(super) const FILE_DELAY: Duration = Duration::from_millis(200);
/// iwd was busy.
const BUSY_PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Idle {
    /// When the interface can be masked.
    mask_at: Option<Time>,
    /// Masking was tried since iwd was busy last.
    has_tried_mask: bool,
    search: Option<Search>,
    /// A network that is there again, and when it is joined.
    join: Option<(Time, NetworkId)>,
    /// What iwd was asked last.
    asked: Asked,
    /// iwd has forgotten the network: it takes the results of whole scans only.
    is_forgotten: bool,
    /// While a scan is running: when its results are read.
    read_results_at: Option<Time>,
    /// It is this interface's turn: when iwd, which was kept off, starts over.
    start_at: Option<Time>,
    /// The user disconnected.
    is_quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    Search,
    Join,
}

/// A search for the lost network.
#[derive(Debug)]
struct Search {
    /// When iwd is asked the next time.
    next: Time,
    /// iwd is scanning.
    is_scanning: bool,
    /// Searches so far.
    searches: u32,
    /// Scans of this search: iwd scans the three usual channels, then the 5 GHz band, then the rest of the
    /// 2.4 GHz band.
    scans: u32,
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::machine::iwd) enum Why {
    /// A connection was lost.
    Lost,
    /// An attempt failed.
    Failed,
    /// The user disconnected, or iwd has just started.
    Quiet,
}

impl Idle {
    pub(super) fn begin(cx: &mut Context, why: Why) -> State {
        cx.problem = None;
        cx.attempt.cut = None;
        match why {
            Why::Lost => {
                let is_lost = cx.search.lost.is_some();
                let now = cx.core.now;
                cx.search.backoff = is_lost.then(|| ReconnectBackoff::new(now));
            }
            Why::Failed => {
                if let Some(backoff) = &mut cx.search.backoff {
                    backoff.failed();
                }
            }
            Why::Quiet => cx.search.backoff = None,
        }
        if cx.search.backoff.is_none() {
            cx.search.lost = None;
        }
        // What an attempt did to it may not have been heard of.
        cx.core.read_link();
        let was_ended = std::mem::take(&mut cx.search.was_ended);
        let starts = was_ended && cx.files.is_usable() && cx.iwd.obstacle.is_none();
        let mut idle = Self {
            mask_at: None,
            has_tried_mask: false,
            search: Search::begin(cx),
            join: None,
            asked: Asked::Nothing,
            is_forgotten: false,
            read_results_at: None,
            start_at: starts.then(|| cx.core.now.saturating_add(FILE_DELAY)),
            is_quiet: why == Why::Quiet,
        };
        idle.look_at_scan(cx);
        idle.arm(cx)
    }

    pub(super) fn iwd_does(mut self, cx: &mut Context) -> State {
        match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
            (StationPhase::Connecting, Some(network)) => Connecting::begin(cx, network, false),
            (StationPhase::Connected, Some(network)) => Connected::begin(cx, network, false),
            (StationPhase::Disconnected, _) => {
                cx.keep_off();
                self.look_at_scan(cx);
                self.arm(cx)
            }
            _ => State::Idle(self),
        }
    }

    fn look_at_scan(&mut self, cx: &mut Context) {
        if cx.iwd.state.scanning {
            self.mask_at = None;
            self.has_tried_mask = false;
        } else if cx.can_mask() && !self.has_tried_mask && self.mask_at.is_none() {
            self.mask_at = Some(cx.core.now.saturating_add(MASK_DELAY));
        }
        if let Some(search) = &mut self.search {
            search.look_at_scan(cx);
        }
    }

    /// iwd reads the files before it starts over.
    pub(super) fn turn_changed(mut self, cx: &mut Context) -> State {
        let starts = cx.files.is_usable() && cx.iwd.is_kept_off;
        self.start_at = starts.then(|| cx.core.now.saturating_add(FILE_DELAY));
        if !cx.files.is_usable() {
            cx.keep_off();
            self.join = None;
        }
        self.arm(cx)
    }

    /// iwd refuses to search now, or to join what it does not know.
    pub(super) fn refused(mut self, cx: &mut Context) -> State {
        self.is_forgotten |= self.asked == Asked::Join;
        if let Some(search) = &mut self.search {
            search.next = cx.core.now.saturating_add(BUSY_PAUSE);
        }
        self.arm(cx)
    }

    /// The lost network is in the scan results, which iwd reads at the same time.
    pub(super) fn heard_again(mut self, cx: &mut Context, network: NetworkId) -> State {
        if self.join.is_none() && !(self.is_forgotten && cx.search.is_scanning) {
            self.join = Some((cx.core.now.saturating_add(RESULTS_DELAY), network));
            self.mask_at = None;
        }
        self.arm(cx)
    }

    /// The lost network was not on its channel, one of the first three: the rest of a search takes seconds,
    /// in which it can return, so most searches end here.
    pub(super) fn scan_started(mut self, cx: &mut Context) -> State {
        if cx.is_exposed_by_scan() {
            return self.scan_was_ended(cx);
        }
        let usual = cx
            .search
            .frequency
            .is_some_and(|it| USUAL_CHANNELS.contains(&it));
        if let Some(search) = &mut self.search {
            search.scans = search.scans.saturating_add(1);
            let whole = search.searches % FULL_SEARCH_INTERVAL == 0;
            if search.scans == 2 && search.is_scanning && usual && !whole {
                cx.core.act(Action::AbortScan);
            }
            self.read_results_at = Some(cx.core.now.saturating_add(RESULTS_INTERVAL));
        }
        self.arm(cx)
    }

    /// It would have shown the last network's address, which is still on the card.
    fn scan_was_ended(mut self, cx: &mut Context) -> State {
        if cx.can_mask() && self.join.is_none() {
            self.has_tried_mask = false;
            self.mask_at = Some(cx.core.now.saturating_add(MASK_DELAY));
        }
        cx.mask_after_ended_scan(self.is_quiet);
        self.arm(cx)
    }

    fn join(&mut self, cx: &mut Context, network: NetworkId) {
        // iwd would finish its search first.
        cx.core.act(Action::AbortScan);
        cx.request(Request::Connect(network));
        self.asked = Asked::Join;
        if let Some(search) = &mut self.search {
            search.next = cx.core.now.saturating_add(SEARCH_TIMEOUT);
        }
    }

    /// iwd associates, and reports it at any moment: the kernel would go on under another address.
    pub(super) fn address_shown(mut self, cx: &mut Context) -> State {
        let earliest = cx.core.now.saturating_add(MASK_DELAY);
        let search = self.search.as_mut().map(|search| &mut search.next);
        for at in self.mask_at.as_mut().into_iter().chain(search) {
            *at = (*at).max(earliest);
        }
        self.arm(cx)
    }

    pub(super) fn resumed(mut self, cx: &mut Context) -> State {
        if cx.search.backoff.is_some() {
            cx.search.backoff = Some(ReconnectBackoff::new(cx.core.now));
            self.search = Search::begin(cx);
        }
        self.arm(cx)
    }

    pub(super) fn rotate(mut self, cx: &mut Context) -> State {
        self.has_tried_mask = false;
        self.look_at_scan(cx);
        self.arm(cx)
    }

    pub(super) fn timeout(mut self, cx: &mut Context) -> State {
        let now = cx.core.now;
        let due = |at: Time| at <= now;
        if self.mask_at.is_some_and(due) {
            self.mask_at = None;
            self.has_tried_mask = true;
            if cx.core.link.up && !cx.is_masked() {
                if cx.search.is_scanning {
                    // Another program, which can scan all the time.
                    cx.core.act(Action::AbortScan);
                }
                cx.put_mask(How::Live);
            }
        }
        if self.read_results_at.is_some_and(due) {
            self.read_results_at = cx
                .search
                .is_scanning
                .then(|| now.saturating_add(RESULTS_INTERVAL));
            cx.core.act(Action::GetScanResults);
        }
        if self.start_at.take_if(|at| due(*at)).is_some() {
            cx.put_mask(How::Cycle);
        }
        if let Some((_, network)) = self.join.take_if(|(at, _)| due(*at)) {
            self.join(cx, network);
        }
        if self.search.as_ref().is_some_and(|it| it.next <= now) && cx.can_search() {
            self.search(cx);
        }
        self.arm(cx)
    }

    /// Asks iwd to search, once the interface has an address that can be shown.
    fn search(&mut self, cx: &mut Context) {
        let masks_first = cx.can_mask() && cx.scans_leak() && !cx.is_masked();
        let Some(search) = &mut self.search else {
            return;
        };
        if !masks_first {
            cx.request(Request::Scan);
            self.asked = Asked::Search;
            search.searches = search.searches.wrapping_add(1);
            search.scans = 0;
            search.next = cx.core.now.saturating_add(SEARCH_TIMEOUT);
        } else if cx.search.is_scanning || self.has_tried_mask {
            search.next = cx.core.now.saturating_add(BUSY_PAUSE);
            self.has_tried_mask = false;
        } else {
            self.has_tried_mask = true;
            cx.put_mask(How::Live);
            search.next = cx.core.now.saturating_add(RESULTS_DELAY);
        }
    }

    fn arm(self, cx: &mut Context) -> State {
        let search = self.search.as_ref().filter(|_| cx.can_search());
        let search = search.map(|search| search.next);
        let join = self.join.as_ref().map(|(at, _)| *at);
        let others = [self.mask_at, join, self.read_results_at, self.start_at];
        let others = others.into_iter().flatten();
        cx.core.timer = others.chain(search).min();
        State::Idle(self)
    }
}

impl Search {
    /// `None` if there is no lost network.
    fn begin(cx: &mut Context) -> Option<Self> {
        let wake = cx.search.backoff.as_mut()?;
        let pause = wake.pause(cx.core.now, &mut cx.rng);
        Some(Self {
            next: cx.core.now.saturating_add(pause),
            is_scanning: false,
            searches: 0,
            scans: 0,
        })
    }

    fn look_at_scan(&mut self, cx: &mut Context) {
        let looked = std::mem::replace(&mut self.is_scanning, cx.iwd.state.scanning);
        if cx.iwd.state.scanning {
            self.next = cx.core.now.saturating_add(SEARCH_TIMEOUT);
        } else if let Some(wake) = cx.search.backoff.as_mut().filter(|_| looked) {
            let pause = wake.pause(cx.core.now, &mut cx.rng);
            self.next = cx.core.now.saturating_add(pause);
        }
    }
}
