//! The association.

use macveil_core::machine::{LinkEvent, MlmeEvent};

use super::{Association, Event, World};
use crate::promise::{Kind, What};

impl World {
    pub(in crate::world) fn association_begins(&mut self, ap: usize) {
        let Some(ssid) = self.access_points.get(ap).map(|ap| ap.ssid.clone()) else {
            return;
        };
        self.kernel.association_number += 1;
        let is_foreign = self.kernel.connect.take().is_some();
        self.kernel.association = Some(Association {
            ap,
            ssid,
            is_foreign,
        });
        self.kernel.link.carrier = true;
        let link = self.kernel.link;
        self.report(Event::Link(LinkEvent::Changed(link)));
    }

    /// The association is over, from outside or by the kernel's own judgement.
    pub(in crate::world) fn association_ends(&mut self, reason: u16, local: bool) {
        if self.kernel.association.take().is_none() {
            return;
        }
        self.kernel.link.carrier = false;
        let link = self.kernel.link;
        self.report(Event::Mlme(MlmeEvent::Ended));
        self.report(Event::Link(LinkEvent::Changed(link)));
        self.supplicant_lost(reason, local);
        self.iwd_lost(local);
    }

    /// The station says goodbye.
    pub fn leave_association(&mut self) {
        if self.kernel.association.is_some() {
            self.send_to_access_point(Kind::Goodbye);
            self.association_ends(3, true);
        }
    }

    /// To the one that the station is associated with.
    pub(in crate::world) fn send_to_access_point(&mut self, kind: Kind) {
        let Some(association) = &self.kernel.association else {
            return;
        };
        let ap = &self.access_points[association.ap];
        let what = What::To {
            frequency: ap.frequency,
            bssid: ap.bssid,
            ssid: association.ssid.clone(),
            kind,
        };
        self.send(self.kernel.link.address, what);
    }
}
