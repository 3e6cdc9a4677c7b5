//! Scans, and what is heard.

use std::time::Duration;

use macveil_core::machine::{KernelError, Scan, ScanEvent, ScanStarted};
use macveil_core::types::{self, Frequency, Mac, Ssid};
use rand::RngExt;
use rustix::io::Errno;

use super::{
    ACTIVE_DWELL, BSS_EXPIRES, Bss, Due, Event, Happening, LEAVES, LEAVES_CONNECTED, PASSIVE_DWELL,
    RunningScan, World, refusal,
};
use crate::promise::{Content, What};

/// Whose scan it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// macveil's, or that of the program which it works with.
    Own,
    /// Another program, or an access point, is the cause: macveil can only end it.
    Others,
    /// It shows what the documentation says that it shows.
    Documented,
}

impl World {
    /// As nl80211 takes a scan.
    pub fn scan(&mut self, scan: &Scan, content: Content) -> Result<(), KernelError> {
        self.scan_because(Cause::Own, scan, content)
    }

    pub(in crate::world) fn scan_because(
        &mut self,
        cause: Cause,
        scan: &Scan,
        content: Content,
    ) -> Result<(), KernelError> {
        let kernel = &self.kernel;
        scan.may_begin_under(kernel.link.address)?;
        let problem = match () {
            // As an access point it would have to be forced.
            () if !kernel.exists => Some(Errno::OPNOTSUPP),
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
            cause,
            heard_by: self.now + Duration::from_micros(self.hearing()),
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
        self.scan_because(Cause::Others, &scan, Content::Full)
            .is_ok()
    }

    /// The kernel is not told, or the driver cannot.
    pub(in crate::world) const fn scan_goes_on(&mut self) {
        if let Some(running) = &mut self.kernel.scan {
            running.endless = true;
        }
    }

    pub fn abort_scan(&mut self) {
        if self.kernel.scan.take().is_some() {
            self.scan_ended(true);
        }
    }

    pub(super) fn visit_channel(&mut self, number: u64) {
        let is_away = self.daemon.was_away(self.now);
        let is_foreign = self.kernel.is_connected_by_others();
        let Some(running) = &mut self.kernel.scan else {
            return;
        };
        if running.number != number {
            return;
        }
        let (scan, content, under) = (running.scan.clone(), running.content, running.under);
        let frequency = scan.frequencies.get(running.next).copied();
        let is_first = running.next == 0;
        let unheard = is_first && self.now <= running.heard_by;
        // Or macveil scans under a mask, and does not know that another program has just connected under it.
        let for_others = running.cause == Cause::Others || is_foreign;
        let excused = for_others && (unheard || running.endless || is_away);
        let documented = running.cause == Cause::Documented;
        running.next += 1;
        let Some(frequency) = frequency else {
            self.kernel.scan = None;
            self.scan_ended(false);
            return;
        };
        let channels = self.kernel.channels.iter();
        // While it is associated mac80211_hwsim's region lets it ask everywhere.
        let everywhere = self.kernel.association.is_some();
        let mut may_ask = channels.filter(|channel| everywhere || !channel.no_ir);
        let asks = !scan.ssids.is_empty() && may_ask.any(|it| it.frequency == frequency);
        let asked: &[Ssid] = if asks { &scan.ssids } else { &[] };
        self.air.unheard = excused;
        self.air.documented = documented;
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
        self.air.documented = false;
        self.hear(frequency, asked);
        let dwell = if asks { ACTIVE_DWELL } else { PASSIVE_DWELL };
        self.after(dwell, Happening::Kernel(Due::Channel(number)));
    }

    /// Answers to probe requests, and beacons: a stay that is shorter than their interval may miss them.
    pub(super) fn hear(&mut self, frequency: Frequency, asked_for: &[Ssid]) {
        self.hear_stranger(frequency);
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

    pub(super) fn scan_ended(&mut self, aborted: bool) {
        self.sniffer.scan_ends(self.now);
        self.report(Event::Scan(ScanEvent::Ended));
        self.supplicant_hears_of_results();
        self.iwd_hears_of_results(aborted);
    }

    /// What the kernel has heard of late.
    pub fn air_now(&mut self) -> Vec<types::Bss> {
        let now = self.now;
        self.kernel
            .bss
            .retain(|bss| now.saturating_sub(bss.heard) < BSS_EXPIRES);
        let aps = &self.access_points;
        let ap_of = |bssid| aps.iter().find(|ap| ap.bssid == bssid);
        let signal = |bssid| ap_of(bssid).map_or(-50, |ap| ap.signal);
        let heard = self.kernel.bss.iter().map(|bss| types::Bss {
            bssid: bss.bssid,
            frequency: bss.frequency,
            signal: signal(bss.bssid),
            ssid: bss.ssid.clone(),
            ms_ago: u32::try_from(now.saturating_sub(bss.heard).as_millis()).unwrap_or(u32::MAX),
            owe: ap_of(bss.bssid).and_then(|ap| ap.other_half.clone()),
        });
        heard.collect()
    }

    /// mac80211 forgets a BSS that does not answer.
    pub(in crate::world) fn forget_bss(&mut self, bssid: Mac) {
        self.kernel.bss.retain(|bss| bss.bssid != bssid);
    }
}
