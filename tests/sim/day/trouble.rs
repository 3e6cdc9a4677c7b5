//! Something that happens to the world.

use std::time::Duration;

use macveil_core::machine::{Command, StateKind};

use super::{NAMES, PLACES};
use crate::promise::BY_HAND;
use crate::setup::ssid;
use crate::world::{Backend, PERMANENT, Quirk, World};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing: time goes by.
    Nothing,
    /// An access point goes, with a goodbye or without.
    Goes(usize, bool),
    Returns(usize),
    Kicks(usize),
    /// Its signal falls, or rises again.
    Weakens(usize),
    Strengthens(usize),
    /// The kernel ends the association for a reason of its own.
    KernelLeaves,
    Refuses(usize, bool),
    SupplicantDies,
    SupplicantStarts,
    /// It takes that long until it answers again.
    SupplicantStalls(Duration),
    DaemonDies(Duration),
    Deaf(Duration),
    Stutters(bool),
    Shuffles(bool),
    UserScans,
    UserScansWithIw,
    /// The access point requests a measurement (802.11k): the supplicant scans for a name that it chose.
    Asks(usize),
    /// It requests another choice (802.11v): the supplicant scans.
    Steers(usize),
    UserDisconnects,
    UserReconnects,
    UserReconfigures,
    UserSelects(usize),
    /// To this access point of the network.
    UserRoams(usize),
    /// iwd's file of the network is removed.
    UserForgets(usize),
    /// The network in which the card is the access point.
    UserStartsHotspot,
    /// The same with one that was added just before.
    UserAddsHotspot,
    /// Another program has the kernel connect to an open network.
    ConnectsWithIw(usize),
    /// One that macveil does not reach.
    SupplicantStartsElsewhere,
    /// A stranger sends beacons without a name, or no longer.
    StrangerInvents(bool),
    /// It has an access point of a network's name, open or with another passphrase.
    StrangerImitates(usize, bool),
    StrangerLeaves,
    /// macveil ends, and its next start is refused: it holds the card for that long.
    StartRefused(Duration),
    /// With iwd, to an access point or back.
    UserSetsMode(bool),
    /// It is plugged in, or out.
    Cable(bool),
    CableBlinks,
    /// Another program gives an Ethernet interface in use the permanent address.
    ChangedInUse,
    /// What a user asks macveil for.
    Asked(Ask),
    LinkDown,
    LinkUp,
    AddressChanged,
    Blocked(bool),
    Sleeps(Duration),
    Driver(Quirk),
}

/// In dBm.
const WEAK: i32 = -85;
pub const STRONG: i32 = -50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Scan,
    Rotate,
    Pause,
    Unpause,
    /// To join the first network again.
    Rejoin,
}

pub const ASKS: [Ask; 5] = [
    Ask::Scan,
    Ask::Rotate,
    Ask::Pause,
    Ask::Unpause,
    Ask::Rejoin,
];

impl Ask {
    fn command(self) -> Command {
        match self {
            Self::Scan => Command::Scan,
            Self::Rotate => Command::Rotate,
            Self::Pause => Command::Pause {
                span: Some(Duration::from_secs(5)),
            },
            Self::Unpause => Command::Unpause,
            Self::Rejoin => Command::Rejoin(ssid(NAMES[0])),
        }
    }
}

impl World {
    pub fn befall(&mut self, trouble: Trouble) {
        let asks = matches!(
            trouble,
            Trouble::UserScans
                | Trouble::UserDisconnects
                | Trouble::UserReconnects
                | Trouble::UserReconfigures
                | Trouble::UserSelects(_)
                | Trouble::UserRoams(_)
                | Trouble::UserStartsHotspot
                | Trouble::UserAddsHotspot
        );
        if asks {
            self.until_supplicant_listens();
        }
        if self.is_beyond_help(trouble) {
            return;
        }
        self.note_line(|| format!("== {trouble:?}"));
        if self.backend == Backend::Iwd && self.befalls_iwd(trouble) || self.befalls_site(trouble) {
            return;
        }
        match trouble {
            Trouble::Nothing
            | Trouble::UserForgets(_)
            | Trouble::UserSetsMode(_)
            // See `befalls_site`.
            | Trouble::Goes(..)
            | Trouble::Returns(_)
            | Trouble::Kicks(_)
            | Trouble::Weakens(_)
            | Trouble::Strengthens(_)
            | Trouble::UserRoams(_)
            | Trouble::Refuses(..)
            | Trouble::Asks(_)
            | Trouble::Steers(_) => {}
            Trouble::KernelLeaves => self.leave_association(),
            Trouble::SupplicantDies => self.supplicant_dies(),
            Trouble::SupplicantStarts => {
                if !self.supplicant.running {
                    self.supplicant_starts();
                }
            }
            Trouble::SupplicantStalls(span) => self.supplicant_stalls(span),
            Trouble::DaemonDies(span) => self.daemon_dies(span),
            Trouble::Deaf(span) => self.daemon_is_deaf(span),
            Trouble::Stutters(stutters) => self.daemon.stutters = stutters,
            Trouble::Shuffles(shuffles) => self.daemon.shuffles = shuffles,
            Trouble::UserScans => {
                self.user_scans();
            }
            Trouble::UserScansWithIw => {
                self.iw_scans();
            }
            Trouble::UserDisconnects => self.user_disconnects(),
            Trouble::UserReconnects => self.user_reconnects(),
            Trouble::UserReconfigures => self.user_reconfigures(),
            Trouble::UserSelects(site) => {
                if let Some(ap) = self.access_points.get(site) {
                    let ssid = ssid(&ap.name);
                    self.user_selects(&ssid);
                }
            }
            Trouble::UserStartsHotspot => self.user_starts_hotspot(),
            Trouble::UserAddsHotspot => self.user_adds_hotspot(),
            Trouble::ConnectsWithIw(site) => self.iw_connects(site),
            Trouble::SupplicantStartsElsewhere => self.supplicant_starts_elsewhere(),
            Trouble::StrangerInvents(invents) => self.stranger.invents = invents,
            Trouble::StrangerImitates(site, is_open) => self.stranger_imitates(site, is_open),
            Trouble::StrangerLeaves => self.stranger_leaves(),
            Trouble::StartRefused(span) => self.daemon_start_is_refused(span),
            Trouble::Cable(plugged) => self.cable(plugged),
            Trouble::CableBlinks => self.cable_blinks(),
            Trouble::ChangedInUse => self.changed_in_use(PERMANENT),
            Trouble::Asked(ask) => self.user_asks(ask.command()),
            Trouble::LinkDown => self.user_takes_link_down(),
            Trouble::LinkUp => self.program_brings_link_up(),
            Trouble::AddressChanged => {
                self.program_sets_address(BY_HAND);
            }
            Trouble::Blocked(blocked) => self.radio_is_blocked(blocked),
            Trouble::Sleeps(span) => {
                self.link_down();
                self.pass(Duration::from_millis(50));
                self.now += span;
                // No program could hear of it meanwhile.
                let p2p_device_since = &mut self.kernel.p2p_device_since;
                *p2p_device_since = p2p_device_since.map(|_| self.now);
                self.program_brings_link_up();
                self.machine_resumes();
            }
            Trouble::Driver(quirk) => self.kernel.driver.quirk = quirk,
        }
    }

    /// What happens to an access point, or to both of a pair; says whether it does.
    fn befalls_site(&mut self, trouble: Trouble) -> bool {
        let (Trouble::Goes(site, _)
        | Trouble::Returns(site)
        | Trouble::Kicks(site)
        | Trouble::Weakens(site)
        | Trouble::Strengthens(site)
        | Trouble::UserRoams(site)
        | Trouble::Refuses(site, _)
        | Trouble::Asks(site)
        | Trouble::Steers(site)) = trouble
        else {
            return false;
        };
        for half in self.halves(site) {
            match trouble {
                Trouble::Goes(_, with_goodbye) => self.access_point_goes(half, with_goodbye),
                Trouble::Returns(_) => self.access_point_returns(half),
                Trouble::Kicks(_) => self.access_point_kicks(half),
                Trouble::Weakens(_) => self.signal_is(half, WEAK),
                Trouble::Strengthens(_) => self.signal_is(half, STRONG),
                Trouble::UserRoams(_) => self.user_roams(self.access_points[half].bssid),
                Trouble::Refuses(_, refuses) => self.access_points[half].refuses = refuses,
                Trouble::Asks(_) => self.access_point_asks(half, b"victim"),
                _ => self.access_point_steers(half, self.second(half)),
            }
        }
        true
    }

    /// One access point, or both of a pair.
    fn halves(&self, site: usize) -> Vec<usize> {
        let mut aps = self.access_points.iter();
        let one = aps.position(|ap| ap.name == PLACES[site]);
        let other = one.and_then(|one| self.other_half(one));
        one.into_iter().chain(other).collect()
    }

    /// Another access point of the name.
    fn second(&self, index: usize) -> Option<usize> {
        let (bssid, ssid) = (
            self.access_points[index].bssid,
            &self.access_points[index].ssid,
        );
        let mut aps = self.access_points.iter();
        aps.position(|ap| ap.ssid == *ssid && ap.bssid != bssid && !ap.is_impostor)
    }

    /// What happens to iwd instead of wpa_supplicant; says whether it does.
    fn befalls_iwd(&mut self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::SupplicantDies => self.iwd_dies(),
            Trouble::SupplicantStarts => {
                if !self.iwd.running {
                    self.iwd_starts();
                }
            }
            Trouble::UserScans => self.user_of_iwd_scans(),
            Trouble::UserDisconnects => self.user_of_iwd_disconnects(),
            Trouble::UserReconnects => self.user_of_iwd_reconnects(),
            Trouble::UserReconfigures => self.user_edits_files(),
            Trouble::UserSelects(site) => self.user_of_iwd_selects(site),
            Trouble::UserForgets(site) => self.user_forgets(site),
            Trouble::UserSetsMode(is_access_point) => self.user_sets_mode(is_access_point),
            _ => return false,
        }
        true
    }

    /// With iwd a card that cannot be masked at rest keeps the last network's address, and a scan of another
    /// program shows it; one under the address of a connection is ended only by a daemon that hears of it.
    fn is_beyond_help_with_iwd(&self, trouble: Trouble) -> bool {
        let away = self.daemon.is_away(self.now);
        let identity = self.shows_identity();
        match trouble {
            Trouble::UserScans | Trouble::Asks(_) | Trouble::Steers(_) => away,
            Trouble::UserScansWithIw => {
                (identity || self.iwd.is_joining()) && (away || !self.iwd.is_connected())
            }
            _ => false,
        }
    }

    /// What macveil cannot keep, and does not promise to: such things do not happen here.
    pub fn is_beyond_help(&self, trouble: Trouble) -> bool {
        match self.backend {
            Backend::Wpa => {}
            Backend::Iwd => return self.is_beyond_help_with_iwd(trouble),
            Backend::Ethernet => return false,
        }
        let identity = self.shows_identity();
        // A random address belongs to no network before its use.
        let meant = identity || self.daemon.meant == Some(self.kernel.link.address);
        let sends = self.supplicant.scans_send();
        let away = self.daemon.is_away(self.now);
        let state = self.daemon.state();
        // One that failed is over once the supplicant is at rest.
        let in_attempt = matches!(
            state,
            Some(StateKind::Associating | StateKind::Disconnecting)
        );
        // What a user undoes of macveil's settings while no macveil is there, or is answered, is undone.
        let undoes = matches!(
            trouble,
            Trouble::UserReconfigures
                | Trouble::UserSelects(_)
                | Trouble::UserStartsHotspot
                | Trouble::UserAddsHotspot
                | Trouble::SupplicantStarts
                | Trouble::SupplicantStartsElsewhere
                | Trouble::Sleeps(_)
        );
        // Nor can it take an address away that a driver does not let go of, or be faster than a program that
        // brings the link up under it.
        let shows = matches!(
            trouble,
            Trouble::LinkUp
                | Trouble::SupplicantStarts
                | Trouble::SupplicantStartsElsewhere
                | Trouble::Blocked(false)
        );
        let beyond = match trouble {
            // A scan under the address of a connection is ended only by a daemon that hears of it.
            Trouble::UserScans => away && sends && (identity || self.supplicant.joins()),
            Trouble::UserScansWithIw => away && (identity || in_attempt),
            Trouble::Asks(_) | Trouble::Steers(_) => away,
            // In the middle of an attempt it would join from what it knows, however old.
            Trouble::UserReconnects => {
                let kept = !sends && self.kernel.association.is_some();
                (meant || in_attempt) && !kept
            }
            Trouble::UserSelects(site) => {
                let hidden = self.access_points.get(site).is_some_and(|ap| ap.hidden);
                (sends || hidden) && meant || in_attempt
            }
            // In the middle of an attempt it takes macveil's settings back under the new address; after one that
            // failed, as a roam of the user, its next scan is due.
            Trouble::UserReconfigures => in_attempt || meant && !self.supplicant.is_connected(),
            _ => false,
        };
        // A driver puts the permanent address back as another program brings the link up, and another one has
        // woken the supplicant while it was down.
        let brings_up = matches!(
            trouble,
            Trouble::LinkUp | Trouble::Blocked(false) | Trouble::Sleeps(_)
        );
        let undone = brings_up && self.kernel.driver.quirk == Quirk::UndoesOnUp;
        beyond
            || undone && !self.supplicant.is_at_rest()
            || undoes && (self.daemon.is_away(self.now) || self.supplicant.is_silent())
            || shows && !self.kernel.link.up && meant
    }

    pub fn shows_identity(&self) -> bool {
        self.air.shows_identity(self.kernel.link.address)
    }
}
