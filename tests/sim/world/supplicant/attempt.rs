//! An attempt to join, frame by frame.

use std::time::Duration;

use macveil_core::machine::wpa;
use macveil_core::machine::{MlmeEvent, Scan};
use macveil_core::types::{KeyMgmt, Mac, Ssid};

use super::super::kernel::Cause;
use super::super::sniffer::Answer;
use super::super::{AccessPoint, Event, Happening, World};
use super::{Attempt, Condition, Due, Step};
use crate::promise::{Content, Kind, What};

/// From the supplicant's message to the first frame; longer if there is an association to leave.
const JOINS_AFTER: Duration = Duration::from_micros(800);
/// A scan of one channel.
const SEEKS_FOR: Duration = Duration::from_millis(200);
const ROAMS_AFTER: Duration = Duration::from_millis(5);

/// For how many seconds a network is given up, the first time and later (`wpas_auth_failed`, 2.10).
const GIVEN_UP: [u64; 4] = [10, 20, 30, 60];

impl World {
    pub(super) fn begin_attempt(&mut self, network: u32, bssid: Mac, ssid: Ssid, roams: bool) {
        self.supplicant.number += 1;
        let number = self.supplicant.number;
        let ap = self.access_points.iter().position(|ap| ap.bssid == bssid);
        self.supplicant.attempt = Some(Attempt {
            number,
            network,
            ap,
            bssid,
            ssid,
            roams,
            has_sought: false,
            began_after: None,
        });
        self.supplicant.phase = Condition::Connecting;
        self.air.reassociates = roams;
        self.say(wpa::Supplicant::Connecting { bssid });
        let pause = if roams { ROAMS_AFTER } else { JOINS_AFTER };
        self.attempt_step(pause, Step::Authenticates(1));
    }

    fn attempt_step(&mut self, pause: Duration, step: Step) {
        let number = self.supplicant.number;
        self.after(pause, Happening::Supplicant(Due::Step(number, step)));
    }

    pub(super) fn end_attempt(&mut self) {
        self.supplicant.number += 1;
        self.supplicant.attempt = None;
    }

    fn send_in(&mut self, attempt: &Attempt, kind: Kind) {
        let ap = attempt.ap.and_then(|ap| self.access_points.get(ap));
        // It is looked for where it was heard.
        let heard = self.supplicant.table.iter();
        let mut heard = heard.filter(|known| known.entry.bssid == attempt.bssid);
        let frequency = heard.next().map(|known| known.entry.frequency);
        let frequency = frequency.or(ap.map(|ap| ap.frequency)).unwrap_or_default();
        let what = What::To {
            frequency,
            bssid: attempt.bssid,
            ssid: attempt.ssid.clone(),
            kind,
        };
        self.send(self.kernel.link.address, what);
    }

    fn is_answered(&mut self, attempt: &Attempt, answer: Answer) {
        if let Some(ap) = attempt.ap.and_then(|ap| self.access_points.get(ap)) {
            let to = self.kernel.link.address;
            self.sniffer.answer(self.now, ap, to, answer);
        }
    }

    pub(super) fn attempt_goes_on(&mut self, number: u64, step: Step) {
        let Some(attempt) = self.supplicant.attempt.clone() else {
            return;
        };
        if attempt.number != number || !self.kernel.link.up {
            return;
        }
        let ap = attempt.ap.and_then(|ap| self.access_points.get(ap));
        let ap = ap.filter(|ap| ap.is_there()).cloned();
        match (step, ap) {
            (Step::Authenticates(time), ap) => self.authenticates(&attempt, time, ap.as_ref()),
            // The kernel forgot what it had begun.
            (Step::Associates, _) if attempt.began_after != Some(self.kernel.downs) => {
                self.fail_attempt();
            }
            (Step::Associates, ap) => self.associates(&attempt, ap.as_ref()),
            (Step::Completes, Some(ap)) => self.completes(&attempt, &ap),
            (Step::Completes | Step::IsThrownOut, None) => {}
            (Step::IsThrownOut, Some(_)) => self.is_thrown_out(&attempt),
            (Step::GivesUp, _) => self.gives_up(&attempt),
        }
    }

    /// The kernel has forgotten the access point: it is sought by its name (`nl80211_set_auth`,
    /// `driver_nl80211.c`, 2.10), and given up if that finds nothing. Says whether either is so.
    fn seek(&mut self, attempt: &Attempt) -> bool {
        let known = self.air_now();
        if known.iter().any(|bss| bss.bssid == attempt.bssid) {
            return false;
        }
        let mut heard = self.supplicant.table.iter();
        let heard = heard.find(|known| known.entry.bssid == attempt.bssid);
        let frequency = heard.map(|known| known.entry.frequency);
        let Some(frequency) = frequency.filter(|_| !attempt.has_sought) else {
            self.fail_attempt();
            return true;
        };
        let scan = Scan {
            frequencies: vec![frequency],
            ssids: vec![attempt.ssid.clone()],
            ..self.own_scan(false)
        };
        let is_users = self.air.roams.is_some_and(|(to, _)| to == attempt.bssid);
        let cause = if is_users { Cause::Others } else { Cause::Own };
        if self.scan_because(cause, &scan, Content::Full).is_err() {
            self.fail_attempt();
            return true;
        }
        if let Some(attempt) = &mut self.supplicant.attempt {
            attempt.has_sought = true;
        }
        self.attempt_step(SEEKS_FOR, Step::Authenticates(1));
        true
    }

    fn authenticates(&mut self, attempt: &Attempt, time: u32, ap: Option<&AccessPoint>) {
        if time == 1 && self.seek(attempt) {
            return;
        }
        let address = self.kernel.link.address;
        if attempt.roams {
            self.leave_to_roam();
        }
        if let Some(attempt) = &mut self.supplicant.attempt {
            attempt.began_after = Some(self.kernel.downs);
        }
        if time == 1 {
            let peer = Some(attempt.bssid);
            self.report(Event::Mlme(MlmeEvent::Authenticating { peer }));
        }
        self.send_in(attempt, Kind::Authentication);
        let Some(ap) = ap else {
            // A frame without acknowledgement is sent again at once.
            let next = if time < 3 {
                Step::Authenticates(time + 1)
            } else {
                Step::GivesUp
            };
            return self.attempt_step(Duration::from_millis(3), next);
        };
        if ap.ignores {
            self.is_answered(attempt, Answer::RefusesAuthentication);
            self.say(wpa::Supplicant::Rejected { status: 1 });
            return self.fail_attempt();
        }
        self.is_answered(attempt, Answer::Authenticated);
        // Twice for SAE: to commit, and to confirm.
        if ap.way == KeyMgmt::Sae && time == 1 {
            return self.attempt_step(Duration::from_millis(3), Step::Authenticates(2));
        }
        self.report(Event::Mlme(MlmeEvent::Authenticated {
            station: address,
            peer: ap.bssid,
        }));
        if self.supplicant.own != Some(address) {
            // The answer is to a foreign address.
            return self.attempt_step(Duration::from_secs(5), Step::GivesUp);
        }
        self.attempt_step(Duration::from_millis(2), Step::Associates);
    }

    fn associates(&mut self, attempt: &Attempt, ap: Option<&AccessPoint>) {
        let (kind, answer) = if attempt.roams {
            (Kind::Reassociation, Answer::Reassociated)
        } else {
            (Kind::Association, Answer::Associated)
        };
        self.send_in(attempt, kind);
        let Some(ap) = ap else {
            return self.attempt_step(Duration::from_millis(300), Step::GivesUp);
        };
        if ap.refuses {
            self.is_answered(attempt, Answer::RefusesAssociation);
            self.say(wpa::Supplicant::Rejected { status: 34 });
            return self.fail_attempt();
        }
        self.is_answered(attempt, answer);
        if let Some(ap) = attempt.ap {
            self.association_begins(ap);
        }
        let networks = &self.supplicant.networks;
        let network = networks.iter().find(|it| it.id == attempt.network);
        let knows = network.is_some_and(|network| network.passphrase == ap.passphrase);
        if matches!(ap.way, KeyMgmt::Open | KeyMgmt::Owe) || knows {
            let pause = self.micros(8_000, 30_000);
            return self.attempt_step(pause, Step::Completes);
        }
        self.is_answered(attempt, Answer::Handshake);
        self.send_in(attempt, Kind::Handshake);
        self.attempt_step(Duration::from_secs(4), Step::IsThrownOut);
    }

    fn completes(&mut self, attempt: &Attempt, ap: &AccessPoint) {
        if self.kernel.association.is_none() {
            return self.fail_attempt();
        }
        if ap.way != KeyMgmt::Open {
            for _ in 0..2 {
                self.is_answered(attempt, Answer::Handshake);
                self.send_in(attempt, Kind::Handshake);
            }
        }
        self.send_in(attempt, Kind::Data);
        self.supplicant.phase = Condition::Connected;
        let due = Due::ScansInBackground(attempt.number);
        self.after(Duration::from_secs(1), Happening::Supplicant(due));
        let (bssid, id) = (attempt.bssid, Some(attempt.network));
        self.say(wpa::Supplicant::Connected { bssid, id });
    }

    /// The access point got no right answer: the passphrase is wrong.
    fn is_thrown_out(&mut self, attempt: &Attempt) {
        self.is_answered(attempt, Answer::Goodbye);
        self.association_ends(15, false);
        let mut networks = self.supplicant.networks.iter_mut();
        if let Some(network) = networks.find(|it| it.id == attempt.network) {
            let seconds = GIVEN_UP[network.given_up.min(GIVEN_UP.len() - 1)];
            let pause = Duration::from_secs(seconds);
            network.given_up += 1;
            network.given_up_until = self.now + pause;
            let id = network.id;
            let wrong_key = true;
            let given_up = wpa::Supplicant::TemporarilyDisabled {
                id,
                wrong_key,
                pause,
            };
            self.say(given_up);
        }
    }

    fn gives_up(&mut self, attempt: &Attempt) {
        self.forget_bss(attempt.bssid);
        self.report(Event::Mlme(MlmeEvent::TimedOut));
        self.fail_attempt();
    }

    fn fail_attempt(&mut self) {
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.scan_again(Duration::from_millis(100));
    }
}
