//! What the judge is told about a story.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::air::Mac;
use crate::record::Micros;
use crate::scenarios::Subnet;

#[derive(Debug, Clone, Default)]
pub struct Brief {
    /// Addresses of the stations' hardware, by the name to call them.
    pub permanent: BTreeMap<Mac, String>,
    pub access_points: BTreeMap<Mac, AccessPoint>,
    /// SSIDs of the networks that the user marked hidden.
    pub hidden: Vec<Vec<u8>>,
    /// Addresses that the user's configuration spells out, by their networks.
    pub explicit: BTreeMap<Mac, String>,
    /// The user may start an association on a masked card: then a mask address
    /// may authenticate, and only one that gets associated is an assigned one.
    pub user_associates: bool,
    /// Times that the story exempts.
    pub away: Vec<Range<Micros>>,
    /// Times at which another program may scan.
    pub external_scans: Vec<Range<Micros>>,
    /// Times at which the user looks for an access point by WPS: scans under a mask say so.
    pub wps: Vec<Range<Micros>>,
    /// When a user typed a command, which may send something that only can be ended.
    pub typed: Vec<Micros>,
    /// Times at which a card scans, and has no ear for what its access point says.
    pub scanning: Vec<Range<Micros>>,
    /// How many stations send at once.
    pub stations: usize,
    /// Another program takes links down, and IPv6 reveals their previous addresses.
    pub links_taken_down: bool,
    /// There are strangers, whose addresses say so.
    pub strangers: bool,
}

#[derive(Debug, Clone, Default)]
pub struct AccessPoint {
    pub name: String,
    pub ssid: Vec<u8>,
    /// What it gives leases of.
    pub subnet: Option<Subnet>,
    /// It gives leases of IPv6 addresses, too.
    pub leases_ipv6: bool,
    /// The station may show its permanent address in an association that begins then.
    pub may_see_permanent: Vec<Range<Micros>>,
}

impl AccessPoint {
    /// Whether an association that begins then may be under the permanent address.
    pub fn may_see_permanent(&self, begin: Micros) -> bool {
        let mut times = self.may_see_permanent.iter();
        times.any(|range| range.contains(&begin))
    }
}

impl Brief {
    pub fn is_watched(&self, at: Micros) -> bool {
        !self.away.iter().any(|range| range.contains(&at))
    }

    /// So soon after the judge looked away that an association from then may
    /// still be ending.
    pub fn is_just_back(&self, at: Micros) -> bool {
        const ENDING: Micros = 2_000_000;
        let mut ends = self.away.iter().map(|range| range.end);
        ends.any(|end| (end..=end.saturating_add(ENDING)).contains(&at))
    }

    pub fn is_foreign_scan(&self, at: Micros) -> bool {
        self.external_scans.iter().any(|range| range.contains(&at))
    }

    /// So soon after a command that a scan which it started is still on its first channel.
    pub fn is_typed(&self, at: Micros) -> bool {
        const FIRST_CHANNEL: Micros = 100_000;
        let mut typed = self.typed.iter();
        typed.any(|typed| (*typed..typed + FIRST_CHANNEL).contains(&at))
    }

    pub fn is_wps(&self, at: Micros) -> bool {
        self.wps.iter().any(|range| range.contains(&at))
    }

    /// When a card takes in what it is told then.
    pub fn taken_in(&self, at: Micros) -> Micros {
        let mut scans = self.scanning.iter();
        scans
            .find(|scan| scan.contains(&at))
            .map_or(at, |scan| scan.end)
    }

    /// When an attempt that pauses since then has failed: a card sends none of its frames while it scans.
    pub fn given_up(&self, since: Micros, patience: Micros) -> Micros {
        let scans = self.scanning.iter();
        let delaying = scans.filter(|scan| scan.start <= since + patience && since < scan.end);
        delaying.map(|scan| scan.end).fold(since, Micros::max) + patience
    }

    pub fn is_access_point(&self, address: Mac) -> bool {
        self.access_points.contains_key(&address)
    }

    pub fn is_stranger(&self, address: Mac) -> bool {
        self.strangers && address.is_of_stranger()
    }

    /// The transmitter, if it is a station.
    pub fn station(&self, frame: &crate::air::Frame) -> Option<Mac> {
        let others = |it: Mac| self.is_access_point(it) || self.is_stranger(it);
        frame.transmitter.filter(|it| !others(*it))
    }
}
