//! An attempt to join: it changes the address, and goes on with whatever address there is.

use macveil_core::machine::iwd::{NetworkId, StationPhase};
use macveil_core::machine::{How, MlmeEvent, Scan};
use macveil_core::types::KeyMgmt;

use super::super::kernel::Cause;
use super::super::sniffer::Answer;
use super::files::made_up;
use super::{AVOIDED, Attempt, Event, Step, World};
use crate::promise::{Content, Kind, What};

impl World {
    pub(super) fn iwd_joins(&mut self, id: NetworkId, ap: usize) {
        self.iwd.number += 1;
        let number = self.iwd.number;
        if self.search_of_iwd().is_some() {
            self.abort_scan();
            self.iwd_ends_search();
        }
        let Some(station) = &mut self.iwd.station else {
            return;
        };
        station.phase = StationPhase::Connecting;
        station.network = Some(id.clone());
        station.attempt = Some(Attempt {
            number,
            id: id.clone(),
            ap,
            is_changing: false,
            is_stuck: false,
            seeks: false,
            downs: None,
        });
        self.tell_of_station();
        let read = self.iwd.read.iter().find(|known| known.id == id);
        let address = read.and_then(|known| known.address);
        let address = address.unwrap_or_else(|| made_up(&id));
        let has_file = self.iwd.files.iter().any(|known| known.id == id);
        if !has_file || self.daemon.life() == 0 {
            self.air.made_up.insert(address, id.ssid);
        }
        if self.kernel.link.address == address {
            return self.iwd_step(500, 900, Step::Begins);
        }
        if self.kernel.driver.live_change {
            let _ = self.set_address(address, How::Live);
            return self.iwd_step(500, 1_500, Step::Begins);
        }
        self.iwd_changes(true);
        self.by_iwd(World::link_down);
        self.iwd_step(2_000, 20_000, Step::SetsAddress);
    }

    fn iwd_changes(&mut self, changes: bool) {
        if let Some(attempt) = self.iwd_attempt() {
            attempt.is_changing = changes;
        }
    }

    fn iwd_attempt(&mut self) -> Option<&mut Attempt> {
        self.iwd.station.as_mut()?.attempt.as_mut()
    }

    /// What it does itself does not surprise it.
    fn by_iwd<T>(&mut self, does: impl FnOnce(&mut Self) -> T) -> T {
        self.iwd.is_own_change = true;
        let done = does(self);
        self.iwd.is_own_change = false;
        done
    }

    pub(super) fn iwd_attempt_goes_on(&mut self, number: u64, step: Step) {
        let downs = self.kernel.downs;
        let Some(attempt) = self.iwd_attempt() else {
            return;
        };
        // The kernel forgets an authentication as the link goes down.
        let cut = attempt.downs.is_some_and(|before| before != downs);
        if attempt.number != number || attempt.is_stuck || cut {
            return;
        }
        let attempt = attempt.clone();
        match step {
            Step::SetsAddress => self.iwd_sets_address(&attempt.id),
            Step::BringsUp => self.iwd_brings_up(),
            Step::Begins => self.iwd_begins(&attempt),
            Step::Authenticates(time) => self.iwd_authenticates(&attempt, time),
            Step::Associates => self.iwd_associates(&attempt),
            Step::Completes => self.iwd_completes(&attempt),
            Step::GivesUp => {
                self.forget_bss(self.access_points[attempt.ap].bssid);
                self.report(Event::Mlme(MlmeEvent::TimedOut));
                self.iwd_fails();
            }
        }
    }

    fn iwd_sets_address(&mut self, id: &NetworkId) {
        let read = self.iwd.read.iter().find(|known| known.id == *id);
        let address = read.and_then(|known| known.address);
        let address = address.unwrap_or_else(|| made_up(id));
        let _ = self.by_iwd(|world| world.set_address(address, How::WhileDown));
        self.iwd_step(500, 4_000, Step::BringsUp);
    }

    fn iwd_brings_up(&mut self) {
        let up = self.by_iwd(World::link_up);
        self.iwd_changes(false);
        if up.is_err() {
            return self.station_is_gone();
        }
        self.iwd_step(500, 1_500, Step::Begins);
    }

    fn iwd_begins(&mut self, attempt: &Attempt) {
        // It waits for a link that is down.
        if !self.kernel.link.up {
            return;
        }
        if self.iwd_finds(&attempt.id) == Some(attempt.ap) {
            return self.iwd_begins_to_authenticate();
        }
        let ap = &self.access_points[attempt.ap];
        let scan = Scan {
            frequencies: vec![ap.frequency],
            ssids: vec![ap.ssid.clone()],
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        };
        match self.scan_because(Cause::Documented, &scan, Content::Full) {
            Ok(()) => {
                if let Some(attempt) = self.iwd_attempt() {
                    attempt.seeks = true;
                }
            }
            Err(_) => self.iwd_fails(),
        }
    }

    /// The scan by name is over; says whether there was one.
    pub(super) fn iwd_sought(&mut self, aborted: bool) -> bool {
        let Some(attempt) = self.iwd_attempt().filter(|attempt| attempt.seeks) else {
            return false;
        };
        attempt.seeks = false;
        let (id, ap) = (attempt.id.clone(), attempt.ap);
        if !aborted && self.iwd_finds(&id) == Some(ap) {
            self.iwd_begins_to_authenticate();
        } else {
            self.iwd_fails();
        }
        true
    }

    fn iwd_begins_to_authenticate(&mut self) {
        let downs = self.kernel.downs;
        let Some(attempt) = self.iwd_attempt() else {
            return;
        };
        attempt.downs = Some(downs);
        let ap = attempt.ap;
        let peer = Some(self.access_points[ap].bssid);
        self.report(Event::Mlme(MlmeEvent::Authenticating { peer }));
        self.iwd_step(200, 600, Step::Authenticates(1));
    }

    fn iwd_sends(&mut self, attempt: &Attempt, kind: Kind, answer: Answer) {
        let ap = self.access_points[attempt.ap].clone();
        let what = What::To {
            frequency: ap.frequency,
            bssid: ap.bssid,
            ssid: ap.ssid.clone(),
            kind,
        };
        let from = self.kernel.link.address;
        self.send(from, what);
        if ap.is_there() {
            self.sniffer.answer(self.now, &ap, from, answer);
        }
    }

    fn iwd_authenticates(&mut self, attempt: &Attempt, time: u32) {
        self.iwd_sends(attempt, Kind::Authentication, Answer::Authenticated);
        let ap = &self.access_points[attempt.ap];
        if !ap.is_there() {
            let next = if time < 3 {
                Step::Authenticates(time + 1)
            } else {
                Step::GivesUp
            };
            return self.iwd_step(3_000, 3_000, next);
        }
        let (station, peer) = (self.kernel.link.address, ap.bssid);
        self.report(Event::Mlme(MlmeEvent::Authenticated { station, peer }));
        self.iwd_step(2_000, 4_000, Step::Associates);
    }

    fn iwd_associates(&mut self, attempt: &Attempt) {
        self.iwd_sends(attempt, Kind::Association, Answer::Associated);
        let ap = &self.access_points[attempt.ap];
        if !ap.is_there() {
            return self.iwd_step(300_000, 300_000, Step::GivesUp);
        }
        if ap.refuses {
            return self.iwd_fails();
        }
        self.association_begins(attempt.ap);
        self.iwd_step(8_000, 30_000, Step::Completes);
    }

    fn iwd_completes(&mut self, attempt: &Attempt) {
        if self.kernel.association.is_none() {
            return self.iwd_fails();
        }
        if self.access_points[attempt.ap].way != KeyMgmt::Open {
            for _ in 0..2 {
                self.iwd_sends(attempt, Kind::Handshake, Answer::Handshake);
            }
        }
        self.send_to_access_point(Kind::Data);
        if let Some(station) = &mut self.iwd.station {
            station.phase = StationPhase::Connected;
            station.searches = 0;
        }
        self.tell_of_station();
        self.iwd_keeps(&attempt.id);
    }

    /// It does not try this access point again soon.
    pub(super) fn iwd_fails(&mut self) {
        let until = self.now + AVOIDED;
        let ap = self.iwd_attempt().map(|attempt| attempt.ap);
        let bssid = ap.map(|ap| self.access_points[ap].bssid);
        if let Some(station) = &mut self.iwd.station {
            station.avoided.extend(bssid.map(|bssid| (bssid, until)));
        }
        self.iwd_is_idle();
        self.leave_association();
        self.iwd_searches_in(std::time::Duration::from_millis(100));
    }
}
