//! Access points: there or not, willing or not.

use std::time::Duration;

use macveil_core::types::{Frequency, KeyMgmt, Mac, OweTransition, SecurityLevel, Ssid};

use super::World;
use super::kernel::Due;
use super::sniffer::Answer;
use super::supplicant::Condition;

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a property by itself"
)]
#[derive(Debug, Clone)]
pub struct AccessPoint {
    pub name: String,
    pub bssid: Mac,
    pub ssid: Ssid,
    pub frequency: Frequency,
    pub hidden: bool,
    pub way: KeyMgmt,
    /// What a station has to know, unless it is open.
    pub passphrase: String,
    /// In dBm.
    pub signal: i32,
    /// With 802.11n, which wpa_supplicant prefers to a strong signal.
    pub fast: bool,
    /// It turns stations away.
    pub refuses: bool,
    /// It does not even answer their probe requests.
    pub ignores: bool,
    /// A stranger's.
    pub is_impostor: bool,
    /// The other half of a pair with OWE, in transition mode.
    pub other_half: Option<OweTransition>,
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
            way: KeyMgmt::Psk,
            passphrase: String::new(),
            signal: -50,
            fast: false,
            refuses: false,
            ignores: false,
            is_impostor: false,
            other_half: None,
            gone_since: None,
        }
    }

    /// As it is while it is off.
    pub const fn off(mut self) -> Self {
        self.gone_since = Some(Duration::ZERO);
        self
    }

    pub const fn is_there(&self) -> bool {
        self.gone_since.is_none()
    }

    pub fn gone_for(&self, now: Duration) -> Option<Duration> {
        self.gone_since.map(|since| now.saturating_sub(since))
    }

    pub fn security(&self) -> SecurityLevel {
        match self.way {
            KeyMgmt::Open => SecurityLevel::Open,
            KeyMgmt::Owe => SecurityLevel::Owe,
            KeyMgmt::Sae => SecurityLevel::Sae,
            _ => SecurityLevel::Rsn,
        }
    }
}

impl AccessPoint {
    /// The half of a pair that can be joined without OWE.
    pub fn is_open_half(&self) -> bool {
        self.other_half.is_some() && self.way == KeyMgmt::Open
    }
}

impl World {
    /// A hidden access point that does OWE; it and this one name each other.
    pub fn add_owe_half(&mut self, index: usize, ssid: &Ssid) {
        let open = &mut self.access_points[index];
        let mut bssid = open.bssid;
        bssid.0[5] = 1;
        open.other_half = Some(OweTransition {
            bssid,
            ssid: ssid.clone(),
        });
        let half = AccessPoint {
            bssid,
            ssid: ssid.clone(),
            hidden: true,
            way: KeyMgmt::Owe,
            other_half: Some(OweTransition {
                bssid: open.bssid,
                ssid: open.ssid.clone(),
            }),
            ..open.clone()
        };
        self.access_points.push(half);
    }

    /// The index of the other half.
    pub fn other_half(&self, index: usize) -> Option<usize> {
        let other = self.access_points.get(index)?.other_half.as_ref()?.bssid;
        self.access_points.iter().position(|ap| ap.bssid == other)
    }

    /// It goes, with a goodbye or without.
    pub fn access_point_goes(&mut self, index: usize, with_goodbye: bool) {
        let now = self.now;
        let Some(ap) = self.access_points.get_mut(index) else {
            return;
        };
        if ap.gone_since.replace(now).is_some() {
            return;
        }
        self.sniffer
            .off_air(now, &self.access_points[index], with_goodbye);
        let joined = self.kernel.association.as_ref();
        if joined.is_some_and(|association| association.ap == index) {
            if with_goodbye {
                self.association_ends(3, false);
            } else {
                let pause = self.micros(1_100_000, 1_900_000);
                let association = self.kernel.association_number;
                self.after(
                    pause,
                    super::Happening::Kernel(Due::BeaconsLost(association)),
                );
            }
        }
    }

    pub fn access_point_returns(&mut self, index: usize) {
        if let Some(ap) = self.access_points.get_mut(index)
            && ap.gone_since.take().is_some()
        {
            self.sniffer.on_air(self.now, &self.access_points[index]);
        }
    }

    /// In dBm. The kernel reports it of the access point that serves the card, after some beacons.
    pub fn signal_is(&mut self, index: usize, signal: i32) {
        let ap = &mut self.access_points[index];
        if std::mem::replace(&mut ap.signal, signal) != signal && self.is_served_by(index) {
            self.measure_signal();
        }
    }

    /// It begins, as hostapd does: with a deauthentication frame to all stations.
    pub fn access_point_boots(&mut self, index: usize) {
        self.sniffer
            .goodbye_to_all(self.now, &self.access_points[index]);
    }

    /// It announces another channel, and its station follows it there.
    pub fn access_point_switches(&mut self, index: usize, frequency: Frequency) {
        let ap = &mut self.access_points[index];
        ap.frequency = frequency;
        self.sniffer.switches(self.now, ap);
    }

    pub fn access_point_kicks(&mut self, index: usize) {
        let joined = self.kernel.association.as_ref();
        if joined.is_some_and(|association| association.ap == index) {
            let to = self.kernel.link.address;
            let ap = &self.access_points[index];
            self.sniffer.answer(self.now, ap, to, Answer::Goodbye);
            self.association_ends(2, false);
        }
    }

    /// It requests a measurement of its station (IEEE 802.11k), for a name that it chooses.
    pub fn access_point_asks(&mut self, index: usize, name: &[u8]) {
        let name = Ssid::new(name).expect("a name");
        if self.is_served_by(index) {
            self.supplicant_scans_for(&name);
        } else if self.serves_iwd(index) {
            self.iwd_scans_for(&name);
        }
    }

    /// It requests its station to consider another access point (IEEE 802.11v), this one perhaps.
    pub fn access_point_steers(&mut self, index: usize, target: Option<usize>) {
        if self.is_served_by(index) {
            let target = target.and_then(|target| self.access_points.get(target));
            self.supplicant_is_steered(target.map(|ap| ap.bssid));
        } else if self.serves_iwd(index) {
            // It searches for another access point of the network.
            let name = self.access_points[index].ssid.clone();
            self.iwd_scans_for(&name);
        }
    }

    fn serves_iwd(&self, index: usize) -> bool {
        let joined = self.kernel.association.as_ref();
        joined.is_some_and(|association| association.ap == index) && self.iwd.is_connected()
    }

    fn is_served_by(&self, index: usize) -> bool {
        let joined = self.kernel.association.as_ref();
        joined.is_some_and(|association| association.ap == index)
            && self.supplicant.phase == Condition::Connected
    }
}
