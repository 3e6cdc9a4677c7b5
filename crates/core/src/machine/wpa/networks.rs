//! The supplicant's networks: how old the list is, which of them failed, and which the user waits for.

use std::time::Duration;

use super::backend::OtherMode;
use crate::machine::Time;
use crate::scan::failures::FailureMemory;
use crate::scan::selection;
use crate::types::{Frequency, Mac, Network, Ssid};

/// A program edits networks in several steps, most of them without an event: the list is read often for this long.
pub const EDITING: Duration = Duration::from_secs(30);
const MAX_AGE_WHILE_EDITED: Duration = Duration::from_millis(900);
/// Between two looks at networks that a program edits.
pub(super) const EDITED_NETWORKS_PAUSE: Duration = Duration::from_secs(1);
/// A hotspot that did not start is started again after this.
const HOTSPOT_PAUSE: Duration = Duration::from_secs(60);
/// Maximum number of known channels in one round of scanning.
const MAX_KNOWN_CHANNELS: usize = 6;

#[derive(Debug, Default)]
pub(super) struct Networks {
    pub(super) list: Vec<Network>,
    read_at: Option<Time>,
    edited_at: Option<Time>,
    pub(super) failures: FailureMemory,
    /// The network of the last association, and the address under which it was: the interface may still have the IP
    /// addresses that it got there.
    pub(super) entered: Option<(Ssid, Mac)>,
    /// The network whose association ended last: it has priority.
    pub(super) lost: Option<Ssid>,
    /// The network that the user asked for.
    pub(super) wanted: Option<Ssid>,
    other: Option<OtherMode>,
    hotspot_retry: Option<Time>,
}

impl Networks {
    pub(super) fn learn(&mut self, now: Time, list: Vec<Network>, other: Option<OtherMode>) {
        self.list = list;
        self.other = other;
        self.read_at = Some(now);
    }

    /// The hotspot that the user wants, as number of its network. One that did not start is not tried
    /// again at once.
    pub(super) fn hotspot(&self, now: Time) -> Option<u32> {
        match self.other {
            Some(OtherMode::AccessPoint { id, .. })
                if self.hotspot_retry.is_none_or(|at| at <= now) =>
            {
                Some(id)
            }
            _ => None,
        }
    }

    /// The name of the hotspot that the user wants.
    pub(super) fn hotspot_name(&self) -> Option<&Ssid> {
        match &self.other {
            Some(OtherMode::AccessPoint { ssid, .. }) => ssid.as_ref(),
            _ => None,
        }
    }

    pub(super) const fn hotspot_begins(&mut self, now: Time) {
        self.hotspot_retry = Some(now.saturating_add(HOTSPOT_PAUSE));
    }

    /// macveil itself ended its start: it may begin again at once.
    pub(super) const fn hotspot_was_interrupted(&mut self) {
        self.hotspot_retry = None;
    }

    /// The user wants an ad-hoc or mesh network, and nothing else.
    pub(super) fn is_mode_refused(&self) -> bool {
        self.other == Some(OtherMode::Refused)
    }

    /// The networks are being edited: the list is read again before the next round.
    pub(super) const fn changed(&mut self, now: Time) {
        self.read_at = None;
        self.edited_at = Some(now);
    }

    pub(super) fn are_stale(&self, now: Time, max_age: Duration) -> bool {
        let max_age = if self.are_edited(now) {
            MAX_AGE_WHILE_EDITED
        } else {
            max_age
        };
        self.read_at
            .is_none_or(|read| now.saturating_sub(read) >= max_age)
    }

    pub(super) fn are_edited(&self, now: Time) -> bool {
        self.edited_at
            .is_some_and(|at| now.saturating_sub(at) < EDITING)
    }

    pub(super) fn is_wanted(&self, ssid: &Ssid) -> bool {
        self.lost.as_ref() == Some(ssid) || self.wanted.as_ref() == Some(ssid)
    }

    /// Channels of the networks that can be joined, the lost one's first.
    pub(super) fn known_channels(&self) -> Vec<Frequency> {
        let lost = self.lost.iter();
        let others = self.list.iter().filter(|network| network.enabled);
        let names = lost.chain(others.filter_map(|network| network.ssid.as_ref()));
        let mut channels = Vec::new();
        for &frequency in names.flat_map(|ssid| self.failures.channels(ssid)) {
            if channels.len() < MAX_KNOWN_CHANNELS && !channels.contains(&frequency) {
                channels.push(frequency);
            }
        }
        channels
    }

    /// SSIDs to send where a hidden network was heard, as many as one scan can carry.
    pub(super) fn hidden(&self, now: Time, max: u8) -> Vec<Ssid> {
        let eligible = self.list.iter().filter(|it| selection::is_eligible(it));
        let hidden = eligible.filter(|network| network.hidden);
        let names = hidden.filter_map(|network| network.ssid.clone());
        let due = names.filter(|ssid| self.failures.can_try(now, ssid));
        due.take(usize::from(max)).collect()
    }

    pub(super) fn heard_at(&mut self, ssid: &Ssid, frequency: Option<Frequency>) {
        let mut list = self.list.iter();
        let known = list.any(|network| network.ssid.as_ref() == Some(ssid));
        let current = self.lost.as_ref() == Some(ssid) || self.list.is_empty();
        if let Some(frequency) = frequency.filter(|_| known || current) {
            self.failures.heard(ssid, frequency);
        }
    }

    /// The supplicant will not join the network for that long.
    pub(super) fn disabled(&mut self, now: Time, id: u32, pause: Duration) {
        let until = now
            .saturating_add(pause)
            .saturating_add(Duration::from_secs(1));
        let named = self.list.iter().find(|network| network.id == id);
        if let Some(ssid) = named.and_then(|network| network.ssid.as_ref()) {
            self.failures.block(until, ssid);
        }
    }
}
