//! Another program has the kernel itself connect, as `iw connect` does: no supplicant has a part in it.

use std::time::Duration;

use macveil_core::machine::MlmeEvent;
use macveil_core::types::KeyMgmt;

use super::{Due, Event, Happening, World};
use crate::promise::{Kind, What};

const FIRST_FRAME: Duration = Duration::from_micros(900);
const A_DIALOGUE: Duration = Duration::from_millis(60);
const NEXT_FRAME: Duration = Duration::from_millis(2);

#[derive(Debug, Clone, Copy)]
pub struct Connect {
    number: u64,
    ap: usize,
    is_authenticated: bool,
}

impl World {
    pub fn iw_connects(&mut self, site: usize) {
        let kernel = &self.kernel;
        let ap = self.access_points.get(site);
        let is_possible = ap.is_some_and(|ap| ap.is_there() && ap.way == KeyMgmt::Open)
            && kernel.link.up
            && kernel.exists
            && kernel.association.is_none()
            && !self.supplicant.joins();
        if !is_possible {
            return;
        }
        // After a loss macveil talks to the supplicant before it masks the card.
        self.air.roams = ap.map(|ap| (ap.bssid, self.now + A_DIALOGUE));
        self.kernel.connects += 1;
        let number = self.kernel.connects;
        self.kernel.connect = Some(Connect {
            number,
            ap: site,
            is_authenticated: false,
        });
        self.after(FIRST_FRAME, Happening::Kernel(Due::Connects(number)));
    }

    pub(super) fn connect_goes_on(&mut self, number: u64) {
        let Some(connect) = self.kernel.connect.filter(|it| it.number == number) else {
            return;
        };
        let ap = self.access_points[connect.ap].clone();
        if !ap.is_there() {
            self.kernel.connect = None;
            return;
        }
        let address = self.kernel.link.address;
        let kind = if connect.is_authenticated {
            Kind::Association
        } else {
            let peer = Some(ap.bssid);
            self.report(Event::Mlme(MlmeEvent::Authenticating { peer }));
            Kind::Authentication
        };
        let what = What::To {
            frequency: ap.frequency,
            bssid: ap.bssid,
            ssid: ap.ssid.clone(),
            kind,
        };
        self.send(address, what);
        if connect.is_authenticated {
            self.association_begins(connect.ap);
            self.send_to_access_point(Kind::Data);
            return self.supplicant_meets_connection(connect.ap);
        }
        self.report(Event::Mlme(MlmeEvent::Authenticated {
            station: address,
            peer: ap.bssid,
        }));
        self.kernel.connect = Some(Connect {
            is_authenticated: true,
            ..connect
        });
        self.after(NEXT_FRAME, Happening::Kernel(Due::Connects(number)));
    }
}
