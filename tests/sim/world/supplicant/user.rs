//! What the user has it do.

use std::time::Duration;

use macveil_core::machine::wpa::{self, WpaEvent};
use macveil_core::machine::{LinkEvent, MlmeEvent};
use macveil_core::types::{Mac, Ssid};

use super::super::kernel::Cause;
use super::{Condition, Event, Happening, Network, Report, Settings, TOLD_AT_ONCE, World};

/// A request and its answer, at most.
const A_REQUEST: Duration = Duration::from_millis(20);

impl World {
    pub(super) fn leave_on_request(&mut self) {
        if self.supplicant.phase == Condition::Connected {
            self.tell_request(wpa::Supplicant::LeaveRequested);
        }
        self.leave_association();
    }

    /// A connected supplicant tells macveil's client of every request, before it carries it out, until it
    /// is asked to rest.
    fn tell_request(&mut self, request: wpa::Supplicant) {
        let requested = Event::Backend(Report::Wpa(WpaEvent::Supplicant(request)));
        if self.supplicant.tells_requests && !self.daemon.loses(self.now, &requested) {
            let life = self.daemon.life();
            self.after(TOLD_AT_ONCE, Happening::Tell(life, requested));
        }
    }

    /// It hears that the card is associated, which it did not do. At rest it ignores that; otherwise it keeps the
    /// connection if it knows the network (`wpa_supplicant_event_assoc`, `events.c`, 2.10).
    pub(in crate::world) fn supplicant_meets_connection(&mut self, ap: usize) {
        if self.supplicant.running && !self.supplicant.disconnected {
            let ssid = &self.access_points[ap].ssid;
            let mut networks = self.supplicant.networks.iter();
            if !networks.any(|it| it.enabled && it.ssid == *ssid) {
                self.leave_association();
            }
        }
    }

    pub fn user_disconnects(&mut self) {
        self.supplicant.is_left = self.supplicant.running;
        self.leave_on_request();
        self.disconnect();
    }

    pub(super) fn disconnect(&mut self) {
        self.hotspot_ends();
        self.supplicant.disconnected = true;
        self.supplicant.scans_to_join = false;
        self.leave_association();
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
    }

    pub fn user_reconnects(&mut self) {
        // Otherwise it answers that it cannot.
        self.supplicant.is_left &= !self.supplicant.knows_link_is_up;
        self.tell_request(wpa::Supplicant::ConnectRequested);
        self.reconnect();
    }

    pub(super) fn reconnect(&mut self) {
        if !self.supplicant.running || !self.supplicant.knows_link_is_up {
            return;
        }
        self.supplicant.disconnected = false;
        if matches!(
            self.supplicant.phase,
            Condition::Connecting | Condition::Connected
        ) {
            return;
        }
        self.join_or_scan();
    }

    pub(super) fn join_or_scan(&mut self) {
        let valid = self.supplicant.settings.valid;
        let last_scan = self.supplicant.last_scan;
        let fresh = last_scan.is_some_and(|at| self.now.saturating_sub(at) <= valid);
        if fresh && self.join_from_table() {
            return;
        }
        if fresh {
            self.say(wpa::Supplicant::NetworkNotFound);
        }
        self.scan_to_join();
    }

    /// Says whether the scan was taken.
    pub fn user_scans(&mut self) -> bool {
        self.scan_as_supplicant(Cause::Others).is_ok()
    }

    pub fn user_scans_for(&mut self, name: &Ssid) -> bool {
        self.supplicant.running && self.supplicant_scans_for(name)
    }

    /// Of all networks only this one may be joined from now on, and it is to be.
    pub fn user_selects(&mut self, ssid: &Ssid) {
        if !self.supplicant.running {
            return;
        }
        self.supplicant.is_left = false;
        for network in &mut self.supplicant.networks {
            network.enabled = network.ssid == *ssid;
            if network.enabled {
                network.given_up_until = Duration::ZERO;
            }
        }
        let mut networks = self.supplicant.networks.iter();
        let selected = networks.find(|it| it.enabled).map(|it| it.id);
        let joined = self.supplicant.attempt.as_ref().map(|it| it.network);
        if joined == selected && self.supplicant.phase == Condition::Connected {
            return;
        }
        self.tell_request(wpa::Supplicant::ConnectRequested);
        self.leave_on_request();
        self.hotspot_ends();
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.supplicant.disconnected = false;
        self.say(wpa::Supplicant::NetworksChanged);
        // Once the link is up it looks for it.
        if self.supplicant.knows_link_is_up {
            self.join_or_scan();
        }
    }

    pub fn user_adds(&mut self, network: Network) {
        self.supplicant.is_left = false;
        self.supplicant.networks.push(network);
        self.say(wpa::Supplicant::NetworksChanged);
        self.scan_to_join();
    }

    /// To another access point of the network, without leaving the one before.
    pub fn user_roams(&mut self, bssid: Mac) {
        if self.roam(bssid) {
            let heard_by = self.heard_by.max(self.daemon.deaf_until());
            // An access point that macveil does not know is looked up first.
            self.air.roams = Some((bssid, heard_by + A_REQUEST));
        }
    }

    /// Whether it knows the access point and begins.
    pub(super) fn roam(&mut self, bssid: Mac) -> bool {
        let Some(attempt) = self.supplicant.attempt.clone() else {
            return false;
        };
        self.forget_unheard();
        let known = self.supplicant.table.iter();
        let known = known.map(|known| &known.entry);
        let mut known = known.filter(|it| it.bssid == bssid && it.ssid == attempt.ssid);
        if known.next().is_none() || self.supplicant.phase != Condition::Connected {
            return false;
        }
        self.begin_attempt(attempt.network, bssid, attempt.ssid, true);
        true
    }

    /// The kernel leaves the access point before it authenticates with the next one.
    pub(super) fn leave_to_roam(&mut self) {
        if self.kernel.association.take().is_some() {
            self.kernel.link.carrier = false;
            let link = self.kernel.link;
            self.report(Event::Link(LinkEvent::Changed(link)));
            self.report(Event::Mlme(MlmeEvent::Ended));
        }
    }

    /// Its configuration is read again: every setting that is a line of it is as at first. Who may be
    /// joined and whether it reconnects by itself are none.
    pub fn user_reconfigures(&mut self) {
        if self.supplicant.running {
            self.hotspot_ends();
            let settings = std::mem::take(&mut self.supplicant.settings);
            self.supplicant.settings = Settings {
                autoconnect: settings.autoconnect,
                admits: settings.admits,
                ..Settings::default()
            };
            self.leave_on_request();
            self.scan_again(Duration::from_millis(50));
        }
    }
}
