//! How a day begins, and how all is well again in the end.

use std::time::Duration;

use macveil_core::machine::StateKind;

use super::trouble::STRONG;
use super::{Begins, PLACES, Trouble};
use crate::world::{Backend, Quirk, World};

impl World {
    pub(super) fn begin(&mut self, begins: Begins) {
        match begins {
            Begins::Macveil => {
                self.start_daemon();
                // A supplicant is started once macveil is ready.
                self.wait(Duration::from_secs(600), |it| {
                    matches!(
                        it.daemon.state(),
                        Some(StateKind::Waiting | StateKind::Unprotected | StateKind::Unplugged)
                    )
                });
                self.program_starts();
            }
            Begins::Supplicant => {
                // Its driver does as it is told until then.
                let quirk = std::mem::replace(&mut self.kernel.driver.quirk, Quirk::None);
                if self.backend == Backend::Wpa {
                    self.befall(Trouble::AddressChanged);
                }
                self.air.unwatched = self.backend == Backend::Iwd;
                self.program_starts();
                self.wait(Duration::from_secs(20), |it| it.kernel.link.carrier);
                self.pass(Duration::from_secs(1));
                self.air.unwatched = false;
                self.kernel.driver.quirk = quirk;
                self.start_daemon();
            }
        }
    }

    /// Whatever uses the interface.
    fn program_starts(&mut self) {
        match self.backend {
            Backend::Wpa => self.supplicant_starts(),
            Backend::Iwd => self.iwd_starts(),
            Backend::Ethernet => self.program_brings_link_up(),
        }
    }

    /// Everything is well again; says whether there is a connection in the end.
    pub(super) fn heals(&mut self) -> bool {
        self.note_line(|| "== all is well again".to_owned());
        self.kernel.driver.quirk = Quirk::None;
        self.daemon.faults.clear();
        self.daemon.stutters = false;
        self.daemon.shuffles = false;
        self.kernel.rfkill = false;
        self.stranger_leaves();
        for site in 0..self.access_points.len() {
            self.access_points[site].refuses = false;
            self.signal_is(site, STRONG);
            if !self.access_points[site].is_impostor {
                self.access_point_returns(site);
            }
        }
        self.pass(Duration::from_secs(30));
        self.start_daemon();
        match self.backend {
            Backend::Wpa => self.supplicant_connects(),
            Backend::Iwd => self.iwd_connects(),
            Backend::Ethernet => self.wire_connects(),
        }
    }

    fn supplicant_connects(&mut self) -> bool {
        self.user_ends_hotspot();
        if self.supplicant.is_elsewhere {
            self.supplicant_dies();
        }
        // A driver that refused everything may have left the last network's address on the card.
        self.wait(Duration::from_secs(400), |it| !it.shows_identity());
        if !self.supplicant.running {
            self.supplicant_starts();
        }
        self.pass(Duration::from_secs(5));
        // macveil can just have had the supplicant start it.
        self.user_ends_hotspot();
        self.link_is_up_again();
        self.pass(Duration::from_secs(1));
        let is_sabotaged = self.daemon.sabotage.is_some();
        if !is_sabotaged && !self.supplicant.is_left {
            return self.wait(Duration::from_secs(900), Self::is_connected_rightly);
        }
        // While the link is held down, the request reaches no one.
        // A broken shell may never come to rest.
        let rounds = if is_sabotaged { 3 } else { 20 };
        (0..rounds).any(|_| {
            self.user_ends_hotspot();
            self.user_reconnects();
            self.wait(Duration::from_secs(60), Self::is_connected_rightly)
        })
    }

    fn iwd_connects(&mut self) -> bool {
        self.user_sets_mode(false);
        if !self.iwd.running {
            self.iwd_starts();
        }
        self.pass(Duration::from_secs(5));
        self.link_is_up_again();
        (0..20).any(|round| {
            self.user_of_iwd_reconnects();
            let connected = self.wait(Duration::from_secs(200), Self::is_connected_rightly);
            if !connected {
                // Nothing is known any more.
                self.user_of_iwd_scans();
                self.pass(Duration::from_secs(1));
                self.user_of_iwd_selects(round % self.access_points.len());
            }
            connected || self.wait(Duration::from_secs(200), Self::is_connected_rightly)
        })
    }

    /// The cable was out for long enough for macveil to set another address.
    fn wire_connects(&mut self) -> bool {
        self.cable(false);
        self.pass(Duration::from_secs(400));
        self.link_is_up_again();
        self.pass(Duration::from_secs(10));
        self.cable(true);
        self.wait(Duration::from_secs(20), |it| {
            it.daemon.state() == Some(StateKind::Connected)
                && it.air.may_use_wire(it.kernel.link.address)
                || it.daemon.state() == Some(StateKind::Unprotected)
        })
    }

    /// Another program brings up what the user took down, or what macveil has given up, but nothing else.
    fn link_is_up_again(&mut self) {
        if self.kernel.is_left_down || self.daemon.state() == Some(StateKind::Unprotected) {
            let _ = self.link_up();
        }
    }

    fn is_connected_rightly(&self) -> bool {
        // A connection made while no daemon was there is adopted with the mask that it has, or with what iwd's
        // file says, whatever iwd did under it before.
        PLACES.iter().any(|name| self.is_connected_to(name))
            && (self.backend == Backend::Wpa
                || self.has_right_address()
                || self.has_address_of_file())
    }
}
