//! Access points: there or not, willing or not.

use std::time::Duration;

use macveil::address::{Mac, Security as Way};
use macveil::supervisor::Security;
use macveil::wifi::{Frequency, Ssid};

use super::World;
use super::kernel::Due;

#[derive(Debug, Clone)]
pub struct AccessPoint {
    pub name: String,
    pub bssid: Mac,
    pub ssid: Ssid,
    pub frequency: Frequency,
    pub hidden: bool,
    pub open: bool,
    /// It turns stations away.
    pub refuses: bool,
    /// Since when it has been away; `None` while it is there.
    gone_since: Option<Duration>,
}

impl AccessPoint {
    pub fn new(name: &str, number: u8, ssid: &Ssid, frequency: Frequency) -> Self {
        Self {
            name: name.to_owned(),
            bssid: Mac([0x02, 0, 0, 0, number, 0]),
            ssid: ssid.clone(),
            frequency,
            hidden: false,
            open: false,
            refuses: false,
            gone_since: None,
        }
    }

    pub const fn is_there(&self) -> bool {
        self.gone_since.is_none()
    }

    pub fn gone_for(&self, now: Duration) -> Option<Duration> {
        self.gone_since.map(|since| now.saturating_sub(since))
    }

    pub fn security(&self) -> Security {
        if self.open {
            Security::Open
        } else {
            Security::Rsn
        }
    }

    pub fn ways(&self) -> Vec<Way> {
        vec![if self.open { Way::Open } else { Way::Psk }]
    }
}

impl World {
    /// It goes, with a goodbye or without.
    pub fn access_point_goes(&mut self, index: usize, with_goodbye: bool) {
        let now = self.now;
        let Some(ap) = self.access_points.get_mut(index) else {
            return;
        };
        ap.gone_since.get_or_insert(now);
        let joined = self.kernel.association.as_ref();
        if joined.is_some_and(|association| association.ap == index) {
            if with_goodbye {
                self.association_ends(3, false);
            } else {
                let pause = self.micros(2_000_000, 4_500_000);
                let association = self.kernel.association_number;
                self.after(
                    pause,
                    super::Happening::Kernel(Due::BeaconsLost(association)),
                );
            }
        }
    }

    pub fn access_point_returns(&mut self, index: usize) {
        if let Some(ap) = self.access_points.get_mut(index) {
            ap.gone_since = None;
        }
    }

    pub fn access_point_kicks(&mut self, index: usize) {
        let joined = self.kernel.association.as_ref();
        if joined.is_some_and(|association| association.ap == index) {
            self.association_ends(2, false);
        }
    }
}
