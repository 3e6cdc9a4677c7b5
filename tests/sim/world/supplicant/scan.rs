//! Its scans, and what it joins of their results.

use std::cmp::Reverse;
use std::time::Duration;

use macveil_core::machine::{KernelError, Scan, wpa};
use macveil_core::types::{BssEntry, KeyMgmt, Mac, Ssid};

use super::super::AccessPoint;
use super::super::kernel::Cause;
use super::{BACKGROUND, Condition, Due, Happening, Known, Network, SCAN_AGAIN, World};
use crate::promise::Content;

impl World {
    pub(super) fn scan_as_supplicant(&mut self, cause: Cause) -> Result<(), KernelError> {
        let scan = self.own_scan(!self.supplicant.settings.passive);
        let content = if self.supplicant.settings.p2p {
            Content::WithWps
        } else {
            Content::Full
        };
        self.scan_because(cause, &scan, content)
    }

    /// At the request of an access point or of the user: it does not look at `passive_scan`.
    pub(in crate::world) fn supplicant_scans_for(&mut self, name: &Ssid) -> bool {
        let scan = Scan {
            ssids: vec![name.clone()],
            ..self.own_scan(false)
        };
        self.scan_because(Cause::Others, &scan, Content::Full)
            .is_ok()
    }

    /// It scans, and then goes where it is to, if it knows that access point (`wnm_sta.c`, 2.10).
    pub(in crate::world) fn supplicant_is_steered(&mut self, to: Option<Mac>) {
        self.supplicant.steered_to = to;
        let _ = self.scan_as_supplicant(Cause::Others);
    }

    fn go_where_steered(&mut self) {
        let Some(to) = self.supplicant.steered_to.take() else {
            return;
        };
        let admits = &self.supplicant.settings.admits;
        let attempt = self.supplicant.attempt.as_ref();
        let may =
            attempt.is_some_and(|it| it.bssid != to && admits.allows(it.network, &it.ssid, to));
        if may {
            self.roam(to);
        }
    }

    /// For its own network, with and without its name (`bgscan_simple.c`, 2.10).
    pub(super) fn scan_in_background(&mut self, number: u64) {
        let supplicant = &self.supplicant;
        let attempt = supplicant.attempt.as_ref();
        let Some(attempt) = attempt.filter(|attempt| attempt.number == number) else {
            return;
        };
        let silenced = supplicant.settings.silenced.contains(&attempt.network);
        let mut networks = supplicant.networks.iter();
        let asks = networks.any(|it| it.id == attempt.network && it.bgscan);
        let ssid = attempt.ssid.clone();
        if asks && !silenced && supplicant.phase == Condition::Connected {
            self.background_scans += 1;
            self.supplicant_scans_for(&ssid);
        }
        if asks {
            let due = Due::ScansInBackground(number);
            self.after(BACKGROUND, Happening::Supplicant(due));
        }
    }

    pub(super) fn own_scan(&self, active: bool) -> Scan {
        let hidden = self.supplicant.networks.iter();
        let hidden = hidden.filter(|it| self.supplicant.is_named(it));
        let mut ssids: Vec<_> = hidden.map(|it| it.ssid.clone()).collect();
        if active {
            ssids.push(Ssid::wildcard());
        }
        let channels = self.kernel.channels.iter();
        Scan {
            frequencies: channels.map(|channel| channel.frequency).collect(),
            ssids,
            under: None,
            random_address: false,
            random_sequence: false,
            minimal_content: false,
        }
    }

    pub(super) fn scan_to_join(&mut self) {
        let supplicant = &self.supplicant;
        let idle = matches!(supplicant.phase, Condition::Idle | Condition::Scanning);
        let wanted = supplicant.networks.iter().any(|it| it.enabled);
        if supplicant.disconnected
            || !idle
            || !wanted
            || !supplicant.settings.scans
            || !supplicant.knows_link_is_up
        {
            return;
        }
        if self.hotspot_starts() {
            return;
        }
        self.supplicant.phase = Condition::Scanning;
        self.supplicant.scans_to_join = true;
        if self.scan_as_supplicant(Cause::Own).is_err() {
            self.scan_again(Duration::from_secs(1));
        }
    }

    pub(super) fn scan_again(&mut self, pause: Duration) {
        let life = self.supplicant.life;
        self.after(pause, Happening::Supplicant(Due::Scans(life)));
    }

    pub(in crate::world) fn supplicant_hears_of_results(&mut self) {
        if self.supplicant.running {
            let (pause, life) = (self.micros(500, 6_000), self.supplicant.life);
            self.after(pause, Happening::Supplicant(Due::TakesResults(life)));
        }
    }

    pub(super) fn take_results(&mut self) {
        if !self.supplicant.knows_link_is_up {
            return;
        }
        let heard = self.air_now();
        let now = self.now;
        let aps = &self.access_points;
        let known = heard.into_iter().filter_map(|bss| {
            let ap = aps.iter().find(|ap| ap.bssid == bss.bssid)?;
            Some(Known {
                entry: BssEntry {
                    owe_open_half: ap.is_open_half(),
                    bssid: bss.bssid,
                    frequency: bss.frequency,
                    signal: bss.signal,
                    ssid: bss.ssid,
                    security: ap.security(),
                    key_mgmt: vec![ap.way],
                },
                heard: now.saturating_sub(Duration::from_millis(bss.ms_ago.into())),
                is_in_results: true,
            })
        });
        let known: Vec<_> = known.collect();
        let table = &mut self.supplicant.table;
        table.retain(|old| known.iter().all(|new| new.entry.bssid != old.entry.bssid));
        for old in &mut *table {
            old.is_in_results = false;
        }
        table.extend(known);
        self.forget_unheard();
        self.supplicant.last_scan = Some(now);
        self.say(wpa::Supplicant::ScanResults);
        self.go_where_steered();
        if std::mem::take(&mut self.supplicant.scans_to_join)
            && !self.supplicant.disconnected
            && !self.join_from_table()
        {
            self.say(wpa::Supplicant::NetworkNotFound);
            self.scan_again(SCAN_AGAIN);
        }
    }

    /// Of a pair with OWE only the open half is known: it is searched by the name that this one tells
    /// (`owe_trans_ssid`, `events.c`, 2.10). Says whether it is.
    fn search_for_owe_half(&mut self) -> bool {
        let admits = &self.supplicant.settings.admits;
        let networks = self.supplicant.networks.iter();
        let mut wanted = networks.filter(|it| it.enabled && it.way == KeyMgmt::Owe);
        let half = wanted.find_map(|network| {
            let mut table = self.supplicant.table.iter().map(|known| &known.entry);
            let open = table.find(|entry| {
                entry.owe_open_half
                    && entry.ssid == network.ssid
                    && admits.allows(network.id, &network.ssid, entry.bssid)
            })?;
            let mut aps = self.access_points.iter();
            let ap = aps.find(|ap| ap.bssid == open.bssid)?;
            ap.other_half.as_ref().map(|half| half.ssid.clone())
        });
        let Some(name) = half else {
            return false;
        };
        let scan = Scan {
            ssids: vec![name],
            ..self.own_scan(false)
        };
        self.supplicant.scans_to_join = true;
        self.scan_because(Cause::Own, &scan, Content::Full).is_ok()
    }

    /// Access points that were not heard for so long, but for the one that it is connected to.
    pub(super) fn forget_unheard(&mut self) {
        let supplicant = &mut self.supplicant;
        let joined = supplicant.attempt.as_ref().map(|it| it.bssid);
        let (now, kept) = (self.now, supplicant.settings.kept);
        supplicant.table.retain(|known| {
            joined == Some(known.entry.bssid) || now.saturating_sub(known.heard) < kept
        });
    }

    pub(super) fn join_from_table(&mut self) -> bool {
        if self.supplicant.phase == Condition::Connected {
            return true;
        }
        let admits = &self.supplicant.settings.admits;
        let aps = &self.access_points;
        let is_fast = |bssid| aps.iter().any(|ap| ap.bssid == bssid && ap.fast);
        let networks = self.supplicant.networks.iter();
        let networks =
            networks.filter(|it| it.enabled && !it.is_hotspot && it.given_up_until <= self.now);
        let mut choices: Vec<_> = networks
            .flat_map(|network| {
                let fits = |known: &&Known| {
                    known.is_in_results
                        && is_of(aps, known, network)
                        && offers(&known.entry, network.way)
                        && admits.allows(network.id, &network.ssid, known.entry.bssid)
                };
                let table = self.supplicant.table.iter().filter(fits);
                table.map(|known| {
                    let fast = is_fast(known.entry.bssid);
                    let first = Reverse(network.id);
                    let strong = known.entry.signal / 5;
                    (network.priority, fast, strong, known.heard, first, known)
                })
            })
            .collect();
        choices.sort_by_key(|(priority, fast, strong, heard, first, _)| {
            (*priority, *fast, *strong, *heard, *first)
        });
        let Some((.., Reverse(network), known)) = choices.pop() else {
            return self.search_for_owe_half();
        };
        let (bssid, ssid) = (known.entry.bssid, known.entry.ssid.clone());
        self.begin_attempt(network, bssid, ssid, false);
        true
    }
}

/// With OWE an open access point will do as well, but for the open half of a pair (`wpa_supplicant_ssid_bss_match`,
/// `events.c`, 2.10).
fn offers(entry: &BssEntry, way: KeyMgmt) -> bool {
    let is_open = entry.key_mgmt.contains(&KeyMgmt::Open) && !entry.owe_open_half;
    entry.key_mgmt.contains(&way) || way == KeyMgmt::Owe && is_open
}

/// The BSS is of the network: by its name or, with OWE in transition mode, by the name of its other half.
fn is_of(aps: &[AccessPoint], known: &Known, network: &Network) -> bool {
    let entry = &known.entry;
    let mut aps = aps.iter().filter(|ap| ap.bssid == entry.bssid);
    let half = aps.find_map(|ap| ap.other_half.as_ref());
    let is_half = half.is_some_and(|half| half.ssid == network.ssid);
    // Without its name it cannot be joined.
    entry.ssid == network.ssid || is_half && !entry.ssid.is_hidden()
}
