//! Scans of other programs that showed an assigned address, and that macveil told the kernel to end.

use std::time::Duration;

use super::Time;
use super::notice::Notice;
use crate::types::Mac;

/// They are reported once in this time.
const REPORT_PAUSE: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub(super) struct EndedScans {
    /// How many there were.
    pub(super) count: u32,
    /// The one that is being ended: its address, and when it began.
    ending: Option<(Mac, Time)>,
    /// When the last one was reported, and how many were not reported since.
    reported: Option<Time>,
    unreported: u32,
}

impl EndedScans {
    /// A scan shows this address: the kernel was told to end it.
    pub(super) const fn begin(&mut self, now: Time, address: Mac) {
        self.count = self.count.saturating_add(1);
        self.ending = Some((address, now));
    }

    /// The scan is over: the report on it, if it was ended. A program that scans again and again is
    /// reported once in a while, as is what it did in between.
    pub(super) fn report(&mut self, now: Time) -> Option<Notice> {
        let (address, began) = self.ending.take()?;
        let reported = self
            .reported
            .filter(|&at| now.saturating_sub(at) < REPORT_PAUSE);
        let times = self.unreported.saturating_add(1);
        if reported.is_some() {
            self.unreported = times;
        } else {
            self.reported = Some(now);
            self.unreported = 0;
        }
        let lasted = now.saturating_sub(began).as_millis();
        Some(Notice::ScanEnded {
            address,
            lasted_ms: u64::try_from(lasted).unwrap_or(u64::MAX),
            times,
            repeated: reported.is_some(),
        })
    }
}
