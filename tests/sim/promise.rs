//! The simulated air: every frame is held against the promise as it is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use macveil_core::types::{Frequency, Mac, Ssid};

/// An authentication to an access point that has been away for longer goes into the void.
const JUST_GONE: Duration = Duration::from_secs(7);
/// An address that another program sets: frames sent before macveil can remove it
/// reveal no identity.
pub const BY_HAND: Mac = Mac([0x0a, 0, 0, 0, 0, 0x77]);
/// From what macveil hears to the link that is down.
const REACTION: Duration = Duration::from_millis(5);
/// Random addresses of one network at once.
const BUDGET: u64 = 4;
/// From the moment by which macveil has heard of an attempt, and ended it, to the next one: macveil waits for 200 ms, and
/// can have heard 20 ms earlier.
const PAUSE: Duration = Duration::from_millis(175);
/// From an order to the supplicant until it is carried out: what begins meanwhile is not heard of in time.
const ONE_REQUEST: Duration = Duration::from_millis(15);
/// No scan takes longer.
const ONE_SCAN: Duration = Duration::from_secs(4);
/// The last frames that are shown with a broken promise.
const TAIL: usize = 24;

/// A frame that a station sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub at: Duration,
    pub from: Mac,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A probe request on a channel; it may name a network.
    Probe {
        frequency: Frequency,
        named: Option<Ssid>,
        content: Content,
    },
    /// To a network's access point.
    To {
        frequency: Frequency,
        bssid: Mac,
        ssid: Ssid,
        kind: Kind,
    },
    /// Whatever is sent through a cable.
    Wired,
    /// As an access point.
    Beacon,
}

/// How much a probe request tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Minimal,
    Full,
    /// With a UUID made from the address.
    WithWps,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Authentication,
    Association,
    Reassociation,
    Handshake,
    Data,
    Goodbye,
}

/// Which frames the promise allows.
#[derive(Debug, Clone, Default)]
pub struct Promise {
    pub permanent: Option<Mac>,
    /// The addresses that networks get, as far as they are fixed.
    pub assigned: BTreeMap<Mac, BTreeSet<Ssid>>,
    /// Networks that may see the permanent address.
    pub trusted: BTreeSet<Ssid>,
    /// Networks that get an address by chance.
    pub random: BTreeSet<Ssid>,
    /// Networks that the user marked hidden.
    pub hidden: BTreeSet<Ssid>,
    /// What the network of a hidden half with OWE is called.
    pub halves: BTreeMap<Ssid, Ssid>,
    /// What an Ethernet interface may use.
    pub is_permanent_on_wire: bool,
    pub is_random_on_wire: bool,
    /// Of their access points, those that may see an address, by the address.
    pub seen_by: BTreeMap<Mac, BTreeSet<Mac>>,
    /// Access points that may see no address of a network but those of which `seen_by` says so.
    pub apart: BTreeSet<Mac>,
}

/// Why a frame must not have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub frame: Frame,
    pub why: &'static str,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "each excuses frames by itself, or keeps them"
)]
#[derive(Debug, Default)]
pub struct Air {
    pub promise: Promise,
    pub broken: Vec<Broken>,
    /// All frames, or the last ones if there are to be many.
    pub frames: Vec<Frame>,
    pub keep_all: bool,
    pub sent: u64,
    /// No daemon has watched for a while.
    pub unattended: bool,
    /// The card could not be protected, and the user said that this is to be no reason for silence.
    pub unprotected: bool,
    /// A scan under the address of a connection is at its first channel: macveil has not heard of it yet.
    pub unheard: bool,
    /// The supplicant is one that macveil does not reach.
    pub is_out_of_reach: bool,
    /// The access point that the card is began before this daemon: nothing tells it of whom the address is.
    pub has_outlived_daemon: bool,
    /// When macveil's order for the access point that the card is was carried out.
    pub hotspot_ordered: Option<Duration>,
    /// It is a scan whose frames the documentation names.
    pub documented: bool,
    /// iwd has just made the interface, and no daemon has seen it, or none is there and the driver refuses.
    pub unseen: bool,
    /// iwd has made the interface, and macveil has not heard of it yet, or ended before it gave it an address.
    pub unmet: bool,
    /// iwd sets the address, and macveil ends what begins under a wrong one.
    pub is_cut_off: bool,
    /// Another program had the kernel connect.
    pub is_foreign: bool,
    /// Addresses that iwd makes up for networks without a file.
    pub made_up: BTreeMap<Mac, Ssid>,
    /// Attempts under a wrong address, and by when macveil has heard of each.
    wrong: BTreeMap<(Mac, Ssid), Duration>,
    pub wrong_attempts: u32,
    /// How many machines have begun to count the random addresses of networks, or were told to begin again.
    pub budgets: u64,
    /// The random addresses that each network has seen, and when it saw the first.
    drawn: BTreeMap<Ssid, (Duration, BTreeSet<Mac>)>,
    /// The address on the wire that came there with a carrier, or while there was one.
    pub excused: Option<Mac>,
    /// The address that macveil set last.
    pub meant: Option<Mac>,
    /// Nothing of what is sent is macveil's to answer for.
    pub unwatched: bool,
    /// The address of a supplicant that ran before macveil, which has yet to take it away.
    pub inherited: Option<Mac>,
    /// By then macveil has heard of all that has happened.
    pub heard_by: Duration,
    /// By when macveil has heard that an address was scanned under.
    masks: BTreeMap<Mac, Duration>,
    /// Likewise, of addresses that were used before the scan could be noticed: no program can
    /// refuse a scan between a drawn address's appearance and its use, nor end it in time.
    coincidences: BTreeMap<Mac, Duration>,
    /// Addresses that were scanned under while macveil could not hear of it.
    unheard_masks: BTreeSet<Mac>,
    /// Where the user makes the card go while it has a network's address, and by when macveil has heard of it.
    pub roams: Option<(Mac, Duration)>,
    /// The supplicant's last attempt is one to another access point of the network that it is connected to.
    pub reassociates: bool,
    authenticated: BTreeMap<Mac, Ssid>,
    tolerated: BTreeMap<Mac, Ssid>,
}

impl Air {
    /// A frame is sent; `absent`: how long the access point has been away.
    pub fn send(&mut self, frame: Frame, absent: Option<Duration>) {
        self.sent += 1;
        let excused = self.unwatched || self.inherited == Some(frame.from);
        if let Some(why) = self.judge(&frame, absent).filter(|_| !excused) {
            self.broken.push(Broken {
                frame: frame.clone(),
                why,
            });
        }
        if !self.keep_all && self.frames.len() >= 2 * TAIL {
            self.frames.drain(..TAIL);
        }
        self.frames.push(frame);
    }

    fn judge(&mut self, frame: &Frame, absent: Option<Duration>) -> Option<&'static str> {
        let from = frame.from;
        if from == BY_HAND || self.unprotected {
            return None;
        }
        match &frame.what {
            What::Probe { named, .. } => {
                if self.documented && (self.unmet || self.may_be_documented(from)) {
                    return None;
                }
                let is_news = self.unattended || frame.at <= self.heard_by.saturating_add(REACTION);
                if self.unheard && self.shows_identity(from) || is_news && self.is_out_of_reach {
                    return None;
                }
                if Some(from) == self.promise.permanent {
                    return Some("a probe request under the permanent address");
                }
                if !self.is_a_coincidence(frame.at, from) {
                    if self.is_assigned(from) {
                        return Some("a probe request under an assigned address");
                    }
                    let heard_by = self.heard_by.max(frame.at);
                    self.masks.entry(from).or_insert(heard_by);
                    if self.unattended {
                        self.unheard_masks.insert(from);
                    }
                }
                let hidden = |ssid: &Ssid| self.promise.hidden.contains(ssid);
                named
                    .as_ref()
                    .is_some_and(|ssid| !hidden(ssid))
                    .then_some("a probe request names a network that is not hidden")
            }
            What::Beacon => {
                let heard_by = self.masks.get(&from);
                let scanned = heard_by
                    .zip(self.hotspot_ordered)
                    .is_some_and(|(heard_by, ordered)| *heard_by + ONE_REQUEST < ordered)
                    && !self.unheard_masks.contains(&from);
                let is_news = frame.at <= self.heard_by.saturating_add(REACTION);
                let is_excused = self.unattended || self.has_outlived_daemon || is_news;
                let shown = self.shows_identity(from) && !is_excused;
                (shown || scanned).then_some("an access point under an address that is not its own")
            }
            What::Wired => {
                let may = self.may_use_wire(from) || self.excused == Some(from);
                (!may).then_some("a wire shows an address that is not its own")
            }
            What::To {
                ssid, kind, bssid, ..
            } => {
                let gone = absent.is_some_and(|absent| absent > JUST_GONE);
                // iwd tries what the kernel still knows.
                let is_known_to_be = !self.unattended && !self.is_cut_off;
                if *kind == Kind::Authentication && gone && is_known_to_be {
                    return Some("an authentication into the void");
                }
                if !self.may_see(frame, *bssid) {
                    return Some("an access point sees the address of another one");
                }
                if self.may_join(frame, ssid) {
                    // With iwd an attempt that is cut off shows a mask, which gets no lease.
                    let counts = !self.is_cut_off || *kind == Kind::Data;
                    if counts && self.sees_too_many(frame, ssid) {
                        return Some("a network sees too many random addresses");
                    }
                    // What a program out of reach joins under is a mask, not an address that was drawn.
                    if !self.is_out_of_reach {
                        let network = self.network_of(ssid).clone();
                        self.authenticated.insert(from, network);
                    }
                    // Others' connection that macveil could not hear of, and that no link shows any more.
                    if *kind == Kind::Goodbye && self.is_foreign && self.unattended {
                        self.authenticated.remove(&from);
                    }
                    if let Some(heard_by) = self.masks.remove(&from) {
                        self.coincidences.insert(from, heard_by);
                    }
                    return None;
                }
                if self.is_cut_off && self.is_being_cut_off(frame, *kind, ssid) {
                    return None;
                }
                // Without a daemon a supplicant may join under a mask, which it keeps as it roams later.
                let roams = self.reassociates || self.roams.is_some_and(|(to, _)| to == *bssid);
                let begun = (*kind != Kind::Authentication || roams)
                    && self.tolerated.get(&from) == Some(ssid);
                let tolerated = (begun || self.unattended) && !self.shows_identity(from);
                if tolerated {
                    self.tolerated.insert(from, ssid.clone());
                }
                (!tolerated).then_some("a network sees an address that is not its own")
            }
        }
    }

    /// Four at once, and then one an hour. Without a daemon a supplicant uses the masks that it finds.
    fn sees_too_many(&mut self, frame: &Frame, ssid: &Ssid) -> bool {
        let is_fixed = self.promise.assigned.contains_key(&frame.from);
        if self.unattended || is_fixed || !self.promise.random.contains(ssid) {
            return false;
        }
        let (first, seen) = self
            .drawn
            .entry(ssid.clone())
            .or_insert((frame.at, BTreeSet::new()));
        seen.insert(frame.from);
        let hours = frame.at.saturating_sub(*first).as_secs() / 3600;
        seen.len() as u64 > BUDGET * self.budgets + hours + 1
    }

    /// Whether a scan under this address would tell who the station is.
    pub fn shows_identity(&self, address: Mac) -> bool {
        Some(address) == self.promise.permanent || self.is_assigned(address)
    }

    /// The card's own address is only shown where a network may see it.
    fn may_be_documented(&self, from: Mac) -> bool {
        Some(from) != self.promise.permanent || !self.promise.trusted.is_empty()
    }

    /// An attempt of iwd's under a wrong address, of which macveil has just heard.
    fn is_being_cut_off(&mut self, frame: &Frame, kind: Kind, ssid: &Ssid) -> bool {
        let from = frame.from;
        let begun = self.wrong.contains_key(&(from, ssid.clone()));
        // What was joined while no daemon could cut it off ends with a goodbye.
        if begun && kind == Kind::Goodbye {
            return true;
        }
        if !self.may_be_documented(from) && !self.unseen {
            return false;
        }
        let ends = self.heard_by.max(frame.at).saturating_add(REACTION);
        let attempt = self
            .wrong
            .entry((from, ssid.clone()))
            .or_insert(Duration::ZERO);
        if kind == Kind::Authentication && frame.at > *attempt + PAUSE {
            *attempt = ends;
            self.wrong_attempts += 1;
        }
        frame.at <= *attempt || self.unattended
    }

    pub fn may_use_wire(&self, address: Mac) -> bool {
        let promise = &self.promise;
        if Some(address) == promise.permanent {
            return promise.is_permanent_on_wire;
        }
        promise.assigned.contains_key(&address)
            || promise.is_random_on_wire && self.meant == Some(address)
    }

    /// What the user orders is only ended in time; a goodbye ends what was judged as it began.
    fn may_see(&self, frame: &Frame, bssid: Mac) -> bool {
        let ordered = self.roams.is_some_and(|(to, heard_by)| {
            to == bssid && frame.at <= heard_by.saturating_add(REACTION)
        });
        let seen_by = self.promise.seen_by.get(&frame.from);
        let apart = self.promise.apart.contains(&bssid) && self.shows_identity(frame.from);
        let may = seen_by.map_or(!apart, |bssids| bssids.contains(&bssid));
        let is_goodbye = matches!(
            &frame.what,
            What::To {
                kind: Kind::Goodbye,
                ..
            }
        );
        may || is_goodbye || self.unattended || self.is_out_of_reach || ordered
    }

    fn may_join(&self, frame: &Frame, ssid: &Ssid) -> bool {
        self.is_for(frame.at, frame.from, ssid)
    }

    /// Whether this network may see this address.
    pub fn is_for(&self, at: Duration, from: Mac, ssid: &Ssid) -> bool {
        if self.made_up.get(&from) == Some(ssid) {
            return true;
        }
        if Some(from) == self.promise.permanent {
            return self.promise.trusted.contains(ssid);
        }
        let own = self.promise.assigned.get(&from);
        let scanned = self.masks.get(&from);
        let scanned = scanned.is_some_and(|&heard_by| at > heard_by);
        let random = self.promise.random.contains(ssid)
            && own.is_none()
            && !scanned
            && self
                .authenticated
                .get(&from)
                .is_none_or(|first| first == self.network_of(ssid));
        random || own.is_some_and(|networks| networks.contains(ssid))
    }

    /// Both halves of a pair are of one network.
    fn network_of<'a>(&'a self, ssid: &'a Ssid) -> &'a Ssid {
        self.promise.halves.get(ssid).unwrap_or(ssid)
    }

    /// A probe request of a scan that began together with the association.
    fn is_a_coincidence(&self, now: Duration, address: Mac) -> bool {
        let begun = self.coincidences.get(&address);
        begun.is_some_and(|&begun| now.saturating_sub(begun) < ONE_SCAN)
    }

    fn is_assigned(&self, address: Mac) -> bool {
        self.promise.assigned.contains_key(&address)
            || self.authenticated.contains_key(&address) && Some(address) != self.promise.permanent
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:12.6}  {}  ", self.at.as_secs_f64(), self.from)?;
        match &self.what {
            What::Probe {
                frequency,
                named: None,
                ..
            } => write!(f, "probe request on {frequency} MHz"),
            What::Probe {
                frequency,
                named: Some(ssid),
                ..
            } => write!(f, "probe request for \"{ssid}\" on {frequency} MHz"),
            What::Wired => write!(f, "through the cable"),
            What::Beacon => write!(f, "beacon"),
            What::To { ssid, kind, .. } => write!(f, "{kind:?} to \"{ssid}\""),
        }
    }
}
