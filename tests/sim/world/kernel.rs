//! The kernel's part: the link, its driver with its quirks, scans, and the association.

use std::time::Duration;

use macveil_core::machine::{
    How, KernelError, Link, LinkEvent, MlmeEvent, Scan, ScanEvent, ScanStarted,
};
use macveil_core::types::{self, Channel, Frequency, Mac, Ssid};
use rand::RngExt;
use rustix::io::Errno;

use super::guard::Guard;
use super::{Event, Happening, PERMANENT, World};
use crate::promise::{Content, Kind, What};

/// cfg80211 forgets a BSS that it has not heard for so long.
const BSS_EXPIRES: Duration = Duration::from_secs(30);
/// As mac80211 does it: where it asks, and where it only listens.
const ACTIVE_DWELL: Duration = Duration::from_millis(64);
const PASSIVE_DWELL: Duration = Duration::from_millis(112);
/// From the order to the first channel, in microseconds: a connected card tells its access point first.
const LEAVES: (u64, u64) = (300, 900);
const LEAVES_CONNECTED: (u64, u64) = (4_000, 9_000);
/// A card of few channels, so that a scan is a matter of few steps.
const FEW: [Frequency; 4] = [2412, 2437, 2462, 5180];

/// What a driver can do, and what it does instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Driver {
    pub random_address: bool,
    pub live_change: bool,
    pub quirk: Quirk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    None,
    /// Every address is refused.
    Refuses,
    /// It answers yes and does nothing.
    Ignores,
    /// The address is there only after a while: the caller must wait.
    AppliesLate,
    /// Coming up puts the permanent address back.
    UndoesOnUp,
    /// Every other request is refused.
    BusyByTurns,
    /// The link does not come up.
    NeverComesUp,
    /// Live changes are refused.
    RefusesLive,
}

#[derive(Debug, Clone)]
pub struct Kernel {
    pub link: Link,
    pub driver: Driver,
    pub rfkill: bool,
    pub association: Option<Association>,
    pub guard: Guard,
    pub association_number: u64,
    pub scan: Option<RunningScan>,
    pub bss: Vec<Bss>,
    pub channels: Vec<Channel>,
    /// The address that a late driver has yet to apply.
    late: Option<Mac>,
    turns: u32,
    scans: u64,
}

#[derive(Debug, Clone)]
pub struct Association {
    /// The access point's index.
    pub ap: usize,
    pub ssid: Ssid,
}

#[derive(Debug, Clone)]
pub struct RunningScan {
    number: u64,
    scan: Scan,
    content: Content,
    under: Mac,
    next: usize,
    /// Another one than macveil and the supplicant is its cause: by then macveil has heard of it.
    heard_of: Option<Duration>,
    /// The kernel does not end it when it is told to.
    endless: bool,
}

#[derive(Debug, Clone)]
pub struct Bss {
    pub bssid: Mac,
    pub ssid: Ssid,
    pub frequency: Frequency,
    pub heard: Duration,
}

/// What the kernel has yet to do.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    /// The scan of this number visits its next channel.
    Channel(u64),
    /// A late driver applies the address of this request.
    AddressApplies(u32),
    /// The access point of this association has not been heard for too long.
    BeaconsLost(u64),
}

impl Kernel {
    pub fn new(driver: Driver) -> Self {
        let channel = |frequency| Channel {
            frequency,
            no_ir: false,
        };
        Self {
            link: Link {
                address: PERMANENT,
                up: false,
                carrier: false,
            },
            driver,
            rfkill: false,
            association: None,
            guard: Guard::default(),
            association_number: 0,
            scan: None,
            bss: Vec::new(),
            channels: FEW.map(channel).into(),
            late: None,
            turns: 0,
            scans: 0,
        }
    }
}

pub fn refusal(step: &'static str, errno: Errno) -> KernelError {
    KernelError {
        step,
        errno: Some(errno),
        reason: errno.to_string(),
    }
}

impl World {
    /// As `Links::set_address` does it for macveil: a cycle leaves the link down.
    pub fn start_to_set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        match how {
            How::Cycle => {
                self.link_down();
                self.put_late(address)?;
            }
            How::WhileDown if self.kernel.link.up => return self.set_address(address, how),
            How::WhileDown => self.put_late(address)?,
            How::Live => return self.set_address(address, how),
        }
        Ok(self.kernel.link)
    }

    /// Some drivers report success before they apply an address.
    fn put_late(&mut self, address: Mac) -> Result<(), KernelError> {
        if self.kernel.driver.quirk != Quirk::AppliesLate {
            return self.put_address(address);
        }
        self.kernel.turns += 1;
        self.kernel.late = Some(address);
        let pause = self.micros(1_000, 90_000);
        let due = Due::AddressApplies(self.kernel.turns);
        self.after(pause, Happening::Kernel(due));
        Ok(())
    }

    fn apply_late_address(&mut self) {
        if let Some(address) = self.kernel.late.take() {
            self.kernel.link.address = address;
            self.link_changed(false);
        }
    }

    /// As another program sets it: a cycle brings the link up again.
    pub fn set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        match how {
            How::WhileDown => {
                let live = self.kernel.driver.live_change && !self.is_in_use();
                if self.kernel.link.up && !live {
                    return Err(refusal("set the address", Errno::BUSY));
                }
                self.put_address(address)?;
            }
            How::Cycle => {
                self.link_down();
                self.put_address(address)?;
                if self.kernel.link.address == address {
                    self.link_up()?;
                }
                if self.kernel.link.address != address {
                    self.link_down();
                }
            }
            How::Live => {
                if self.kernel.driver.quirk == Quirk::RefusesLive || self.is_in_use() {
                    return Err(refusal("set the address", Errno::BUSY));
                }
                self.put_address(address)?;
                self.link_changed(false);
            }
        }
        Ok(self.kernel.link)
    }

    /// An address is not changed meanwhile (`ieee80211_can_powered_addr_change`, `net/mac80211/iface.c`).
    const fn is_in_use(&self) -> bool {
        self.kernel.association.is_some() || self.kernel.scan.is_some()
    }

    fn put_address(&mut self, address: Mac) -> Result<(), KernelError> {
        self.kernel.turns += 1;
        self.kernel.late = None;
        match self.kernel.driver.quirk {
            Quirk::Refuses => return Err(refusal("set the address", Errno::OPNOTSUPP)),
            Quirk::BusyByTurns if self.kernel.turns % 2 == 1 => {
                return Err(refusal("set the address", Errno::BUSY));
            }
            Quirk::Ignores => {}
            Quirk::None
            | Quirk::AppliesLate
            | Quirk::UndoesOnUp
            | Quirk::BusyByTurns
            | Quirk::NeverComesUp
            | Quirk::RefusesLive => self.kernel.link.address = address,
        }
        Ok(())
    }

    pub fn link_down(&mut self) {
        if !self.kernel.link.up {
            return;
        }
        if self.kernel.association.is_some() {
            self.send_to_access_point(Kind::Goodbye);
            self.kernel.association = None;
        }
        self.kernel.link.up = false;
        self.kernel.link.carrier = false;
        if self.kernel.scan.take().is_some() {
            self.sniffer.scan_ends(self.now);
            self.report(Event::Scan(ScanEvent::Ended));
        }
        self.link_changed(true);
    }

    pub fn link_up(&mut self) -> Result<(), KernelError> {
        if self.kernel.rfkill {
            return Err(refusal("bring the link up", Errno::RFKILL));
        }
        if self.kernel.driver.quirk == Quirk::NeverComesUp {
            return Err(refusal("bring the link up", Errno::IO));
        }
        if !self.kernel.link.up {
            self.apply_late_address();
            if self.kernel.driver.quirk == Quirk::UndoesOnUp {
                self.kernel.link.address = PERMANENT;
            }
            self.kernel.link.up = true;
            self.link_changed(true);
        }
        Ok(())
    }

    /// Everybody hears of it; the supplicant only looks at the address if the link went up or down.
    pub(super) fn link_changed(&mut self, flags: bool) {
        let link = self.kernel.link;
        self.air.inherited = None;
        self.kernel.guard.read(link.address);
        self.report(Event::Link(LinkEvent::Changed(link)));
        if flags {
            self.supplicant_hears_of_link();
        }
    }

    /// By rfkill; once it is over, wpa_supplicant brings the link up again.
    pub fn radio_is_blocked(&mut self, blocked: bool) {
        self.kernel.rfkill = blocked;
        if blocked {
            self.link_down();
        } else if self.supplicant.running {
            let _ = self.link_up();
        }
    }

    /// As nl80211 takes a scan.
    pub fn scan(&mut self, scan: &Scan, content: Content) -> Result<(), KernelError> {
        self.take_scan(scan, content, false)
    }

    /// One that another program or an access point is the cause of: macveil can only end it.
    pub(super) fn scan_for_others(
        &mut self,
        scan: &Scan,
        content: Content,
    ) -> Result<(), KernelError> {
        self.take_scan(scan, content, true)
    }

    fn take_scan(
        &mut self,
        scan: &Scan,
        content: Content,
        for_others: bool,
    ) -> Result<(), KernelError> {
        let kernel = &self.kernel;
        scan.may_begin_under(kernel.link.address)?;
        let problem = match () {
            () if !kernel.link.up => Some(Errno::NETDOWN),
            () if kernel.scan.is_some() => Some(Errno::BUSY),
            () if scan.random_address && !kernel.driver.random_address => Some(Errno::OPNOTSUPP),
            () if scan.random_address && kernel.association.is_some() => Some(Errno::OPNOTSUPP),
            () => None,
        };
        if let Some(errno) = problem {
            return Err(refusal("scan", errno));
        }
        let mut under = self.kernel.link.address;
        if scan.random_address {
            let mut bytes: [u8; 6] = self.chance.random();
            bytes[0] = bytes[0] & 0xfc | 2;
            under = Mac(bytes);
        }
        self.kernel.scans += 1;
        let number = self.kernel.scans;
        self.kernel.scan = Some(RunningScan {
            number,
            scan: scan.clone(),
            content,
            under,
            next: 0,
            heard_of: for_others.then(|| self.now + Duration::from_micros(self.hearing())),
            endless: false,
        });
        let random = scan.random_sequence.then(|| self.chance.random());
        self.sniffer.scan_begins(self.now, random);
        self.report(Event::Scan(ScanEvent::Started(ScanStarted {
            active: !scan.ssids.is_empty(),
            random_address: scan.random_address,
        })));
        let (least, most) = if self.kernel.association.is_some() {
            LEAVES_CONNECTED
        } else {
            LEAVES
        };
        let begin = self.micros(least, most);
        self.after(begin, Happening::Kernel(Due::Channel(number)));
        Ok(())
    }

    /// As `iw scan trigger` asks for it; says whether the scan was taken.
    pub fn iw_scans(&mut self) -> bool {
        let channels = self.kernel.channels.iter();
        let scan = Scan {
            frequencies: channels.map(|channel| channel.frequency).collect(),
            ssids: vec![Ssid::wildcard()],
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        };
        self.scan_for_others(&scan, Content::Full).is_ok()
    }

    /// The kernel is not told, or the driver cannot.
    pub(super) const fn scan_goes_on(&mut self) {
        if let Some(running) = &mut self.kernel.scan {
            running.endless = true;
        }
    }

    pub fn abort_scan(&mut self) {
        if self.kernel.scan.take().is_some() {
            self.scan_ended();
        }
    }

    pub(super) fn kernel_due(&mut self, due: Due) {
        match due {
            Due::Channel(number) => self.visit_channel(number),
            Due::AddressApplies(turn) => {
                if turn == self.kernel.turns {
                    self.apply_late_address();
                }
            }
            Due::BeaconsLost(number) => {
                if number == self.kernel.association_number {
                    self.association_ends(4, true);
                }
            }
        }
    }

    fn visit_channel(&mut self, number: u64) {
        let is_away = self.daemon.was_away(self.now);
        let Some(running) = &mut self.kernel.scan else {
            return;
        };
        if running.number != number {
            return;
        }
        let (scan, content, under) = (running.scan.clone(), running.content, running.under);
        let frequency = scan.frequencies.get(running.next).copied();
        let is_first = running.next == 0;
        let unheard = running
            .heard_of
            .is_some_and(|by| is_first && self.now <= by);
        let excused = unheard || running.heard_of.is_some() && (running.endless || is_away);
        running.next += 1;
        let Some(frequency) = frequency else {
            self.kernel.scan = None;
            self.scan_ended();
            return;
        };
        let channels = self.kernel.channels.iter();
        // While it is associated mac80211_hwsim's region lets it ask everywhere.
        let everywhere = self.kernel.association.is_some();
        let mut may_ask = channels.filter(|channel| everywhere || !channel.no_ir);
        let asks = !scan.ssids.is_empty() && may_ask.any(|it| it.frequency == frequency);
        let asked: &[Ssid] = if asks { &scan.ssids } else { &[] };
        self.air.unheard = excused;
        for ssid in asked {
            let named = (!ssid.as_bytes().is_empty()).then(|| ssid.clone());
            let what = What::Probe {
                frequency,
                named,
                content,
            };
            self.send(under, what);
        }
        self.air.unheard = false;
        self.hear(frequency, asked);
        let dwell = if asks { ACTIVE_DWELL } else { PASSIVE_DWELL };
        self.after(dwell, Happening::Kernel(Due::Channel(number)));
    }

    /// Answers to probe requests, and beacons: a stay that is shorter than their interval may miss them.
    fn hear(&mut self, frequency: Frequency, asked_for: &[Ssid]) {
        let now = self.now;
        let misses_beacons = !asked_for.is_empty() && self.chance.random_ratio(3, 8);
        for ap in self.access_points.iter().filter(|ap| ap.is_there()) {
            if ap.frequency != frequency {
                continue;
            }
            let called = asked_for.contains(&ap.ssid);
            let meant = called || !ap.hidden && asked_for.contains(&Ssid::wildcard());
            if misses_beacons && (ap.ignores || !meant) {
                continue;
            }
            let shows = !ap.hidden || called;
            let ssid = if shows {
                ap.ssid.clone()
            } else {
                Ssid::wildcard()
            };
            let table = &mut self.kernel.bss;
            table.retain(|bss| (bss.bssid, &bss.ssid) != (ap.bssid, &ssid));
            table.push(Bss {
                bssid: ap.bssid,
                ssid,
                frequency,
                heard: now,
            });
        }
    }

    fn scan_ended(&mut self) {
        self.sniffer.scan_ends(self.now);
        self.report(Event::Scan(ScanEvent::Ended));
        self.supplicant_hears_of_results();
    }

    /// What the kernel has heard of late.
    pub fn air_now(&mut self) -> Vec<types::Bss> {
        let now = self.now;
        self.kernel
            .bss
            .retain(|bss| now.saturating_sub(bss.heard) < BSS_EXPIRES);
        let aps = &self.access_points;
        let signal = |bssid| {
            let mut aps = aps.iter();
            aps.find(|ap| ap.bssid == bssid).map_or(-50, |ap| ap.signal)
        };
        let heard = self.kernel.bss.iter().map(|bss| types::Bss {
            bssid: bss.bssid,
            frequency: bss.frequency,
            signal: signal(bss.bssid),
            ssid: bss.ssid.clone(),
            ms_ago: u32::try_from(now.saturating_sub(bss.heard).as_millis()).unwrap_or(u32::MAX),
            owe: None,
        });
        heard.collect()
    }

    pub(super) fn association_begins(&mut self, ap: usize) {
        let Some(ssid) = self.access_points.get(ap).map(|ap| ap.ssid.clone()) else {
            return;
        };
        self.kernel.association_number += 1;
        self.kernel.association = Some(Association { ap, ssid });
        self.kernel.link.carrier = true;
        let link = self.kernel.link;
        self.report(Event::Link(LinkEvent::Changed(link)));
    }

    /// The association is over, from outside or by the kernel's own judgement.
    pub(super) fn association_ends(&mut self, reason: u16, local: bool) {
        if self.kernel.association.take().is_none() {
            return;
        }
        self.kernel.link.carrier = false;
        let link = self.kernel.link;
        self.report(Event::Mlme(MlmeEvent::Ended));
        self.report(Event::Link(LinkEvent::Changed(link)));
        self.supplicant_lost(reason, local);
    }

    /// The station says goodbye.
    pub fn leave_association(&mut self) {
        if self.kernel.association.is_some() {
            self.send_to_access_point(Kind::Goodbye);
            self.association_ends(3, true);
        }
    }

    /// To the one that the station is associated with.
    pub(super) fn send_to_access_point(&mut self, kind: Kind) {
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

    /// mac80211 forgets a BSS that does not answer.
    pub(super) fn forget_bss(&mut self, bssid: Mac) {
        self.kernel.bss.retain(|bss| bss.bssid != bssid);
    }
}
