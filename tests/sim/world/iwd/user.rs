//! What the user does with `iwctl`.

use macveil_core::machine::iwd::StationPhase;

use super::{Due, Happening, World, network_id};

impl World {
    pub fn user_of_iwd_disconnects(&mut self) {
        self.iwd_disconnects();
    }

    /// The device is switched off and on again, so that it joins by itself.
    pub fn user_of_iwd_reconnects(&mut self) {
        let station = self.iwd.station.as_ref();
        let idle = station.is_none_or(|it| it.phase == StationPhase::Disconnected);
        if self.iwd.running && idle {
            self.link_down();
            let life = self.iwd.life;
            self.iwd_later(1_000, 10_000, Due::BringsUp(life));
        }
    }

    pub fn user_of_iwd_scans(&mut self) {
        self.iwd_is_to_search(false);
    }

    pub fn user_of_iwd_selects(&mut self, site: usize) {
        if let Some(ap) = self.access_points.get(site) {
            let id = network_id(&ap.ssid, ap.way);
            self.iwd_is_to_join(&id);
        }
    }

    /// The network has no file any more; a hidden one could not be found again.
    pub fn user_forgets(&mut self, site: usize) {
        let Some(ap) = self.access_points.get(site).filter(|ap| !ap.hidden) else {
            return;
        };
        let id = network_id(&ap.ssid, ap.way);
        self.iwd.files.retain(|known| known.id != id);
        self.iwd.read.retain(|known| known.id != id);
        let station = self.iwd.station.as_ref();
        if station.is_some_and(|it| it.network.as_ref() == Some(&id)) {
            self.iwd_disconnects();
        }
        self.files_changed();
    }

    /// To an access point, or back to a station.
    pub fn user_sets_mode(&mut self, is_access_point: bool) {
        if !self.iwd.has_device() && !self.iwd.is_access_point
            || self.iwd.is_access_point == is_access_point
        {
            return;
        }
        if is_access_point {
            self.iwd.number += 1;
            self.iwd.station = None;
            self.iwd.is_access_point = true;
            self.interface_is_gone();
        } else {
            self.iwd.is_access_point = false;
            self.kernel.exists = true;
            let pause = self.micros(200, 2_000);
            let life = self.daemon.life();
            self.after(pause, Happening::Interface(life));
            let life = self.iwd.life;
            self.iwd_later(3_000, 15_000, Due::BringsUp(life));
        }
    }
}
