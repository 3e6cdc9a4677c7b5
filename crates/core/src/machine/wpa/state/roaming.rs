//! While the signal is weak: looks for a better access point of the network, without a probe request.
//!
//! wpa_supplicant does not choose by the results of another program's scan. So macveil chooses, and
//! wpa_supplicant moves.

use std::time::Duration;

use super::passive_scan::PassiveScan;
use crate::machine::Time;
use crate::machine::wpa::backend::Request;
use crate::machine::wpa::context::Context;
use crate::scan::schedule::is_fast;
use crate::types::{Bss, BssEntry, Frequency, Mac, Ssid};

/// How much stronger another access point must be, in dB: a difference that does not change back at once.
const MARGIN: i32 = 8;
/// The pauses between searches while the signal stays weak. After the last one macveil waits for the
/// signal to change.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];
/// From the end of a search to the next one at least, however often the signal changes.
const SHORTEST_PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Roaming {
    step: Step,
    /// Searches since the signal changed.
    searches: usize,
    /// When the last one began or, once it has results, ended.
    last: Option<Time>,
    /// When to search next.
    due: Option<Time>,
}

#[derive(Debug, Default)]
enum Step {
    #[default]
    None,
    /// A passive scan is requested or running.
    Listening {
        /// Better access points; `None`: the results were not read yet.
        found: Option<Vec<Mac>>,
        /// The supplicant has the results, too.
        is_digested: bool,
        /// The channels that are next if nothing better is found.
        others: Vec<Frequency>,
    },
    /// The supplicant is asked what these access points are.
    Asking(Vec<Mac>),
}

impl Roaming {
    /// A connection begins, perhaps with a weak signal: it is left in peace first.
    pub(super) fn begin(cx: &mut Context) -> Self {
        let mut roaming = Self {
            last: Some(cx.core.now),
            ..Self::default()
        };
        roaming.signal_changed(cx);
        roaming
    }

    /// The signal has changed, or macveil learns how strong it is.
    pub(super) fn signal_changed(&mut self, cx: &mut Context) {
        self.searches = 0;
        let now = cx.core.now;
        let earliest = self.last.map(|last| last.saturating_add(SHORTEST_PAUSE));
        let is_weak = cx.supplicant.weak_signal.is_some();
        self.due = is_weak.then(|| earliest.map_or(now, |it| it.max(now)));
        self.wake(cx);
    }

    /// Wakes for the next search, if nothing wakes earlier.
    pub(super) fn wake(&self, cx: &mut Context) {
        if let Some(due) = self.due {
            cx.core.timer = Some(cx.core.timer.map_or(due, |timer| timer.min(due)));
        }
    }

    /// Begins a search if it is due and the radio is free for it.
    pub(super) fn search(&mut self, cx: &mut Context, ssid: &Ssid, scan: &mut PassiveScan) {
        if self.due.is_none_or(|due| cx.core.now < due) {
            return;
        }
        self.last = Some(cx.core.now);
        self.due = PAUSES
            .get(self.searches)
            .map(|pause| cx.core.now.saturating_add(*pause));
        self.searches += 1;
        let known = cx.networks.failures.channels(ssid);
        let is_likely = |channel: &Frequency| match known {
            [] => true,
            // Access points of one network are mostly in the same bands.
            [current] => is_fast(*channel) == is_fast(*current),
            known => known.contains(channel),
        };
        let (mut channels, mut others): (Vec<_>, Vec<_>) =
            cx.all_frequencies().into_iter().partition(is_likely);
        if channels.is_empty() {
            std::mem::swap(&mut channels, &mut others);
        }
        self.listen(cx, scan, channels, others);
    }

    fn listen(
        &mut self,
        cx: &mut Context,
        scan: &mut PassiveScan,
        channels: Vec<Frequency>,
        others: Vec<Frequency>,
    ) {
        if scan.begin_on(cx, channels) {
            self.step = Step::Listening {
                found: None,
                is_digested: false,
                others,
            };
        }
    }

    /// The kernel's results of the scan. If they have nothing better, the other channels are searched.
    pub(super) fn heard(
        &mut self,
        cx: &mut Context,
        ssid: &Ssid,
        current: Option<Mac>,
        results: &[Bss],
        scan: &mut PassiveScan,
    ) {
        let Step::Listening {
            found,
            others,
            is_digested: _,
        } = &mut self.step
        else {
            return;
        };
        let better = better_than(current, cx.supplicant.weak_signal, ssid, results);
        let others = std::mem::take(others);
        let is_found = !better.is_empty();
        *found = is_found.then_some(better);
        self.rest(cx);
        if is_found {
            return self.ask(cx);
        }
        self.step = Step::None;
        if !others.is_empty() && cx.supplicant.weak_signal.is_some() {
            self.listen(cx, scan, others, Vec::new());
        }
    }

    /// The signal is often reported at the end of a search, and a new one would discard what was found.
    fn rest(&mut self, cx: &Context) {
        let now = cx.core.now;
        let earliest = now.saturating_add(SHORTEST_PAUSE);
        self.last = Some(now);
        self.due = self.due.map(|due| due.max(earliest));
    }

    /// The supplicant has results of a scan.
    pub(super) fn digested(&mut self, cx: &mut Context) {
        if let Step::Listening { is_digested, .. } = &mut self.step {
            *is_digested = true;
            self.ask(cx);
        }
    }

    fn ask(&mut self, cx: &mut Context) {
        if let Step::Listening {
            found: Some(found),
            is_digested: true,
            ..
        } = &mut self.step
        {
            let found = std::mem::take(found);
            cx.request(Request::ListNetworks {
                bssids: found.clone(),
            });
            self.step = Step::Asking(found);
        }
    }

    /// The strongest of the better access points that is the same network, as the supplicant's table has it.
    pub(super) fn choose(&mut self, current: Option<Mac>, table: &[BssEntry]) -> Option<Mac> {
        let Step::Asking(found) = &mut self.step else {
            return None;
        };
        let found = std::mem::take(found);
        self.step = Step::None;
        let entry = |bssid: Mac| table.iter().find(|entry| entry.bssid == bssid);
        let now = entry(current?)?;
        found.into_iter().find(|&bssid| {
            entry(bssid).is_some_and(|it| {
                it.ssid == now.ssid && it.security == now.security && it.key_mgmt == now.key_mgmt
            })
        })
    }
}

/// Access points of the network that are clearly stronger than the current one, the strongest first.
fn better_than(
    current: Option<Mac>,
    weak_signal: Option<i32>,
    ssid: &Ssid,
    results: &[Bss],
) -> Vec<Mac> {
    let is_current = |bss: &&Bss| Some(bss.bssid) == current;
    let signal = results.iter().find(is_current).map(|bss| bss.signal);
    let Some(signal) = signal.or(weak_signal) else {
        return Vec::new();
    };
    let mut better: Vec<&Bss> = results
        .iter()
        .filter(|bss| bss.ssid == *ssid && !is_current(bss))
        .filter(|bss| bss.signal >= signal.saturating_add(MARGIN))
        .collect();
    Bss::sort(&mut better);
    better.into_iter().map(|bss| bss.bssid).collect()
}
