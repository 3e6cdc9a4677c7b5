//! Its searches, and what it joins of what they find.

use std::time::Duration;

use macveil_core::machine::iwd::{NetworkId, StationPhase};
use macveil_core::machine::{KernelError, Scan};
use macveil_core::types::{Frequency, Ssid};

use super::super::kernel::Cause;
use super::{Due, Happening, PAUSES, Search, World, network_id};
use crate::promise::Content;

const BSS_RETENTION_TIME: Duration = Duration::from_secs(30);

/// Its first part.
const USUAL: [Frequency; 3] = [2412, 2437, 2462];

impl World {
    /// By itself, while it is to join something.
    pub(super) fn iwd_searches_again(&mut self) {
        let Some(station) = &self.iwd.station else {
            return;
        };
        if station.autoconnects
            && station.phase == StationPhase::Disconnected
            && station.search.is_none()
            && !self.iwd_searches(false)
        {
            self.iwd_searches_in(Duration::from_secs(1));
        }
    }

    /// Says whether the kernel took the scan.
    pub(super) fn iwd_searches(&mut self, is_requested: bool) -> bool {
        let channels = self.kernel.channels.iter();
        let all: Vec<_> = channels.map(|channel| channel.frequency).collect();
        let part = |fits: fn(&Frequency) -> bool| all.iter().copied().filter(fits).collect();
        let parts: [Vec<Frequency>; 3] = [
            part(|it| USUAL.contains(it)),
            part(|it| *it > 5000),
            part(|it| *it < 5000 && !USUAL.contains(it)),
        ];
        let parts = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let Some(station) = &mut self.iwd.station else {
            return false;
        };
        station.search = Some(Search {
            parts,
            is_requested,
        });
        let taken = self.iwd_scans_next().is_ok();
        if taken {
            self.tell_of_station();
        } else if let Some(station) = &mut self.iwd.station {
            station.search = None;
        }
        taken
    }

    fn iwd_scans_next(&mut self) -> Result<(), KernelError> {
        let Some(search) = self.search_of_iwd() else {
            return Ok(());
        };
        let is_requested = search.is_requested;
        let part = search.parts.first().cloned().unwrap_or_default();
        let (scan, cause) = self.scan_of_iwd(part, is_requested);
        self.scan_because(cause, &scan, Content::Full)?;
        if let Some(search) = self.iwd.station.as_mut().and_then(|it| it.search.as_mut()) {
            search.parts.remove(0);
        }
        Ok(())
    }

    /// Active under a random address where the driver can, else passive, unless a hidden network is known
    /// (`station_scan_trigger`, `station.c`).
    fn scan_of_iwd(&self, frequencies: Vec<Frequency>, is_requested: bool) -> (Scan, Cause) {
        let hidden = self.iwd.read.iter().filter(|known| known.hidden);
        let hidden: Vec<_> = hidden.map(|known| known.id.ssid.clone()).collect();
        let connected = self.kernel.association.is_some();
        let random_address = self.kernel.driver.random_address && !connected;
        let named = !hidden.is_empty();
        let cause = match () {
            () if connected => Cause::Others,
            () if random_address || is_requested || !named => Cause::Own,
            () => Cause::Others,
        };
        let mut ssids = hidden;
        if connected || random_address || named {
            ssids.push(Ssid::wildcard());
        }
        let scan = Scan {
            frequencies,
            ssids,
            under: None,
            random_address,
            random_sequence: random_address,
            minimal_content: false,
        };
        (scan, cause)
    }

    pub(in crate::world) fn iwd_hears_of_results(&mut self, aborted: bool) {
        if self.iwd.running {
            let due = Due::Results(self.iwd.life, aborted);
            self.iwd_later(500, 6_000, due);
        }
    }

    pub(super) fn iwd_takes_results(&mut self, aborted: bool) {
        if self.iwd_sought(aborted) {
            return;
        }
        let Some(search) = self.search_of_iwd() else {
            return;
        };
        // Another program may have begun a scan meanwhile: that one's results will do.
        if self.kernel.scan.is_some() {
            return;
        }
        let goes_on = !aborted && !search.parts.is_empty();
        if !aborted {
            self.iwd_notes_results();
        }
        if goes_on && !self.iwd_joins_what_it_finds() && self.iwd_scans_next().is_ok() {
            return;
        }
        self.iwd_ends_search();
        if !self.iwd_joins_next() && (aborted || !self.iwd_joins_what_it_finds()) {
            let Some(station) = &mut self.iwd.station else {
                return;
            };
            let pause = PAUSES[station.searches.min(PAUSES.len() - 1)];
            station.searches += 1;
            self.iwd_searches_in(Duration::from_secs(pause));
        }
    }

    /// It forgets what it has not found for half a minute (`BSS_RETENTION_TIME`, `station.c`).
    fn iwd_notes_results(&mut self) {
        let now = self.now;
        let heard = self.air_now();
        if let Some(station) = &mut self.iwd.station {
            let found = &mut station.found;
            found.retain(|_, at| now.saturating_sub(*at) < BSS_RETENTION_TIME);
            found.extend(heard.into_iter().map(|bss| ((bss.bssid, bss.ssid), now)));
        }
    }

    /// It has an object on the bus for the network of this access point.
    pub(super) fn iwd_has_network(&self, ap: usize) -> bool {
        let ap = &self.access_points[ap];
        let station = self.iwd.station.as_ref();
        station.is_some_and(|it| it.found.contains_key(&(ap.bssid, ap.ssid.clone())))
    }

    pub(super) fn iwd_ends_search(&mut self) {
        let station = self.iwd.station.as_mut();
        if station.and_then(|station| station.search.take()).is_some() {
            self.tell_of_station();
        }
    }

    /// What it was told to join once it can.
    pub(super) fn iwd_joins_next(&mut self) -> bool {
        let station = self.iwd.station.as_mut();
        let next = station.and_then(|station| station.next.take());
        let found = next.and_then(|id| Some((self.iwd_finds(&id)?, id)));
        found.is_some_and(|(ap, id)| {
            self.iwd_joins(id, ap);
            true
        })
    }

    /// Says whether it joins something, or has done so.
    fn iwd_joins_what_it_finds(&mut self) -> bool {
        let Some(station) = &self.iwd.station else {
            return true;
        };
        if station.phase != StationPhase::Disconnected {
            return true;
        }
        if !station.autoconnects {
            return false;
        }
        let known = self.iwd.read.iter().filter(|known| known.autoconnect);
        let ids: Vec<_> = known.map(|known| known.id.clone()).collect();
        let avoided = station.avoided.clone();
        let found = ids.into_iter().find_map(|id| {
            let ap = self.iwd_finds(&id)?;
            let until = avoided.get(&self.access_points[ap].bssid);
            until
                .is_none_or(|until| *until <= self.now)
                .then_some((id, ap))
        });
        let Some((id, ap)) = found else {
            return false;
        };
        self.iwd_ends_search();
        self.iwd_joins(id, ap);
        true
    }

    /// The access point of the network in the kernel's table.
    pub(super) fn iwd_finds(&mut self, id: &NetworkId) -> Option<usize> {
        let heard = self.air_now();
        self.access_points.iter().position(|ap| {
            let mut heard = heard.iter();
            network_id(&ap.ssid, ap.way) == *id
                && heard.any(|bss| bss.bssid == ap.bssid && bss.ssid == ap.ssid)
        })
    }

    /// The access point requests a measurement, or the signal is weak: for the network's name, or another.
    pub(in crate::world) fn iwd_scans_for(&mut self, name: &Ssid) {
        let channels = self.kernel.channels.iter();
        let scan = Scan {
            frequencies: channels.map(|channel| channel.frequency).collect(),
            ssids: vec![name.clone()],
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        };
        let _ = self.scan_because(Cause::Others, &scan, Content::Full);
    }

    pub(super) fn iwd_step(&mut self, least: u64, most: u64, step: super::Step) {
        let pause = self.micros(least, most);
        let number = self.iwd.number;
        self.after(pause, Happening::Iwd(Due::Step(number, step)));
    }
}
