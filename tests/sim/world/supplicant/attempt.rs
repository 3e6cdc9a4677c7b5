//! An attempt to join, frame by frame.

use std::time::Duration;

use macveil::address::Mac;
use macveil::supervisor::{self, Event, Mlme};
use macveil::wifi::Ssid;

use super::super::{AccessPoint, Happening, World};
use super::{Attempt, Condition, Due, Step};
use crate::air::{Kind, What};

impl World {
    pub(super) fn begin_attempt(&mut self, network: u32, bssid: Mac, ssid: Ssid) {
        self.supplicant.number += 1;
        let number = self.supplicant.number;
        let ap = self.access_points.iter().position(|ap| ap.bssid == bssid);
        self.supplicant.attempt = Some(Attempt {
            number,
            network,
            ap,
            bssid,
            ssid,
        });
        self.supplicant.phase = Condition::Connecting;
        self.say(supervisor::Supplicant::Connecting { bssid });
        self.attempt_step(Duration::from_micros(800), Step::Authenticates(1));
    }

    fn attempt_step(&mut self, pause: Duration, step: Step) {
        let number = self.supplicant.number;
        self.after(pause, Happening::Supplicant(Due::Step(number, step)));
    }

    pub(super) fn end_attempt(&mut self) {
        self.supplicant.number += 1;
        self.supplicant.attempt = None;
    }

    pub(super) fn attempt_goes_on(&mut self, number: u64, step: Step) {
        let Some(attempt) = self.supplicant.attempt.clone() else {
            return;
        };
        if attempt.number != number || !self.kernel.link.up {
            return;
        }
        let address = self.kernel.link.address;
        let ssid = attempt.ssid.clone();
        let ap = attempt.ap.and_then(|ap| self.access_points.get(ap));
        let answers = ap.is_some_and(AccessPoint::is_there);
        let refuses = ap.is_some_and(|ap| ap.refuses);
        match step {
            Step::Authenticates(time) => {
                let kind = Kind::Authentication;
                self.send(address, What::To { ssid, kind });
                if !answers {
                    let (pause, next) = if time < 3 {
                        (Duration::from_millis(100), Step::Authenticates(time + 1))
                    } else {
                        (Duration::from_millis(100), Step::GivesUp)
                    };
                    return self.attempt_step(pause, next);
                }
                self.report(Event::Mlme(Mlme::Authenticated { station: address }));
                if self.supplicant.own != Some(address) {
                    // The answer is to a foreign address.
                    return self.attempt_step(Duration::from_secs(5), Step::GivesUp);
                }
                self.attempt_step(Duration::from_millis(2), Step::Associates);
            }
            Step::Associates => {
                let kind = Kind::Association;
                self.send(address, What::To { ssid, kind });
                if refuses {
                    self.say(supervisor::Supplicant::Rejected { status: 1 });
                    return self.fail_attempt();
                }
                if !answers {
                    return self.attempt_step(Duration::from_millis(300), Step::GivesUp);
                }
                if let Some(ap) = attempt.ap {
                    self.association_begins(ap);
                }
                let pause = self.micros(8_000, 30_000);
                self.attempt_step(pause, Step::Completes);
            }
            Step::Completes => {
                if self.kernel.association.is_none() {
                    return self.fail_attempt();
                }
                let kind = Kind::Data;
                self.send(address, What::To { ssid, kind });
                self.supplicant.phase = Condition::Connected;
                let bssid = attempt.bssid;
                self.say(supervisor::Supplicant::Connected { bssid });
            }
            Step::GivesUp => {
                self.report(Event::Mlme(Mlme::TimedOut));
                self.fail_attempt();
            }
        }
    }

    fn fail_attempt(&mut self) {
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.scan_again(Duration::from_millis(100));
    }
}
