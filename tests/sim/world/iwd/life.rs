//! How it starts, ends, and notices what the link does.

use std::time::Duration;

use macveil_core::machine::iwd::{IwdEvent, StationPhase};
use macveil_core::machine::{Link, SourceGuard};

use super::super::PERMANENT;
use super::{Attempt, Due, Happening, Iwd, Search, Station, World};

impl World {
    pub fn iwd_starts(&mut self) {
        let old = std::mem::take(&mut self.iwd);
        self.iwd = Iwd {
            running: true,
            creates_interface: old.creates_interface,
            read: old.files.clone(),
            files: old.files,
            life: old.life + 1,
            number: old.number + 1,
            delivered: old.delivered,
            heard_of_link: old.heard_of_link,
            planned: old.planned + 1,
            ..Iwd::default()
        };
        if self.iwd.creates_interface || !self.kernel.exists {
            self.interface_is_created();
        }
        let life = self.iwd.life;
        self.iwd_later(3_000, 15_000, Due::BringsUp(life));
        self.iwd_later(6_000, 40_000, Due::IsReady(life));
    }

    pub fn iwd_dies(&mut self) {
        if !std::mem::take(&mut self.iwd.running) {
            return;
        }
        self.iwd.life += 1;
        self.iwd.number += 1;
        self.iwd.station = None;
        self.iwd.is_ready = false;
        self.tell_of_iwd(IwdEvent::Vanished);
        self.leave_association();
        if self.iwd.creates_interface {
            self.interface_is_gone();
        } else {
            self.tell_of_manager();
        }
    }

    fn interface_is_created(&mut self) {
        self.interface_is_gone();
        self.kernel.exists = true;
        self.iwd.is_access_point = false;
        self.kernel.link = Link {
            address: PERMANENT,
            up: false,
            carrier: false,
        };
        self.kernel.guard.now = SourceGuard::Off;
        self.kernel.guard.is_new = true;
        self.kernel.guard.is_bare = true;
    }

    /// Until there is another one.
    pub(in crate::world) fn interface_is_gone(&mut self) {
        self.link_down();
        self.kernel.exists = false;
        let pause = self.hearing();
        let pause = self.micros(200, pause);
        let life = self.daemon.life();
        self.after(pause, Happening::Interface(life));
    }

    pub(super) fn iwd_is_ready(&mut self) {
        self.iwd.is_ready = true;
        // A machine that has not made way since iwd ended meets it again.
        self.client_meets_iwd();
        if self.kernel.link.up {
            self.station_is_made();
        }
        self.tell_of_manager();
    }

    /// It hears of each change of the link, in order.
    pub(in crate::world) fn iwd_hears_of_link(&mut self) {
        if !self.iwd.running || self.iwd.is_own_change {
            return;
        }
        let changing = self.iwd.station.as_mut();
        if let Some(Station {
            attempt: Some(attempt),
            ..
        }) = changing
            && attempt.is_changing
            && attempt.number.is_multiple_of(2)
        {
            // What it waits for has been undone; of the next change it hears.
            attempt.is_stuck = true;
            attempt.is_changing = false;
            return;
        }
        let at = self.now + self.micros(500, 20_000);
        self.iwd.heard_of_link = self.iwd.heard_of_link.max(at);
        let pause = self.iwd.heard_of_link.saturating_sub(self.now);
        let due = Due::LinkIs(self.iwd.life, self.kernel.link.up);
        self.after(pause, Happening::Iwd(due));
    }

    pub(super) fn iwd_notices_link(&mut self, up: bool) {
        if !self.iwd.has_device() {
            return;
        }
        match &self.iwd.station {
            Some(station) if !up => {
                let attempt = station.attempt.as_ref();
                if !attempt.is_some_and(|attempt| attempt.is_changing) {
                    self.station_is_gone();
                }
            }
            None if up => self.station_is_made(),
            _ => {}
        }
    }

    pub(super) fn station_is_gone(&mut self) {
        self.iwd.number += 1;
        self.iwd.station = None;
        self.tell_of_station();
    }

    fn station_is_made(&mut self) {
        self.iwd.station = Some(Station {
            autoconnects: true,
            ..Station::default()
        });
        self.tell_of_station();
        let pause = self.micros(500, 5_000);
        self.iwd_searches_in(pause);
    }

    /// The kernel says that the association is over.
    pub(in crate::world) fn iwd_lost(&mut self, local: bool) {
        let Some(station) = &self.iwd.station else {
            return;
        };
        match station.phase {
            StationPhase::Connected => {
                let remembered = station.attempt.clone().filter(|_| local);
                self.iwd_is_idle();
                self.iwd_tries_again(remembered);
            }
            StationPhase::Connecting => self.iwd_fails(),
            StationPhase::Disconnected | StationPhase::Disconnecting => {}
        }
    }

    /// The access point that it remembers, which may be gone, or what it finds.
    fn iwd_tries_again(&mut self, remembered: Option<Attempt>) {
        match remembered {
            Some(Attempt { id, ap, number, .. }) if number % 2 == 0 => self.iwd_joins(id, ap),
            _ => self.iwd_searches_in(Duration::from_millis(100)),
        }
    }

    pub(super) fn iwd_is_idle(&mut self) {
        self.iwd.number += 1;
        if let Some(station) = &mut self.iwd.station {
            station.phase = StationPhase::Disconnected;
            station.network = None;
            station.attempt = None;
            self.tell_of_station();
        }
    }

    pub(super) fn iwd_is_disconnected(&mut self) {
        let station = self.iwd.station.as_ref();
        if station.is_some_and(|it| it.phase == StationPhase::Disconnecting) {
            self.iwd_is_idle();
            self.iwd_joins_next();
        }
    }

    pub(super) fn iwd_searches_in(&mut self, pause: Duration) {
        self.iwd.planned += 1;
        let due = Due::Searches(self.iwd.planned);
        self.after(pause, Happening::Iwd(due));
    }

    pub(super) fn search_of_iwd(&self) -> Option<&Search> {
        self.iwd.station.as_ref()?.search.as_ref()
    }
}
