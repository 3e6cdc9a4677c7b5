//! How it starts, ends, notices what the kernel tells it, and answers in its time.

use std::time::Duration;

use macveil_core::machine::wpa::{self, Failure, Request, WpaEvent};

use super::requests::decline;
use super::{Condition, Due, Event, FIRST_SCAN, HEARING, Happening, Report, Supplicant, World};

/// From the end of rfkill until it starts its P2P device again.
const UNBLOCKING: Duration = Duration::from_millis(11);

impl World {
    pub fn supplicant_starts(&mut self) {
        self.start_supplicant(false);
    }

    /// With its control socket in another directory, or without one.
    pub fn supplicant_starts_elsewhere(&mut self) {
        if !self.supplicant.running {
            self.start_supplicant(true);
        }
    }

    fn start_supplicant(&mut self, is_elsewhere: bool) {
        // wpa_supplicant brings the link up itself.
        self.program_brings_link_up();
        let old = std::mem::take(&mut self.supplicant);
        self.supplicant = Supplicant {
            running: true,
            networks: old.networks,
            own: Some(self.kernel.link.address),
            knows_link_is_up: self.kernel.link.up,
            life: old.life + 1,
            number: old.number + 1,
            busy_until: old.busy_until,
            is_elsewhere,
            ..Supplicant::default()
        };
        self.p2p_device_starts();
        let life = self.supplicant.life;
        self.after(FIRST_SCAN, Happening::Supplicant(Due::Scans(life)));
        if !is_elsewhere {
            self.report_presence(2_500, 6_000, wpa::Supplicant::Appeared);
        }
    }

    pub(in crate::world) fn p2p_device_starts(&mut self) {
        if self.supplicant.running && !self.kernel.rfkill {
            self.kernel.p2p_device_since.get_or_insert(self.now);
        }
    }

    pub(in crate::world) fn supplicant_hears_of_unblocked_radio(&mut self) {
        let due = Due::StartsP2pDevice(self.supplicant.life);
        self.after(UNBLOCKING, Happening::Supplicant(due));
    }

    pub fn supplicant_dies(&mut self) {
        if std::mem::take(&mut self.supplicant.running) {
            self.kernel.p2p_device_since = None;
            self.supplicant.life += 1;
            self.supplicant.number += 1;
            self.supplicant.attempt = None;
            self.supplicant.phase = Condition::Idle;
            if !self.supplicant.is_elsewhere {
                self.report_presence(200, HEARING, wpa::Supplicant::Vanished);
            }
            self.hotspot_ends();
            // The kernel ends the association of a process that dies.
            self.leave_association();
        }
    }

    pub(in crate::world) fn ask_supplicant(&mut self, request: Request) {
        if request == Request::Quiesce {
            self.supplicant.asked = Some(self.supplicant_status());
        }
        let pause = match &request {
            // Dozens of commands.
            Request::Attach | Request::Quiesce => self.micros(8_000, 30_000),
            // By the last of as many it has noticed the address that was put back before.
            Request::Restore { .. } => self.micros(31_000, 45_000),
            _ => self.micros(1_000, 8_000),
        };
        self.queue_request(pause, request, Due::Answers);
    }

    /// It does not answer; macveil's client gives up after a while, and attaches again.
    pub(in crate::world) fn supplicant_is_silent(&mut self, request: Request) {
        self.supplicant.ignoring = true;
        self.queue_request(Duration::from_secs(10), request, Due::IsGivenUp);
    }

    /// One after the other, as the client asks.
    pub(super) fn queue_request(
        &mut self,
        takes: Duration,
        request: Request,
        due: impl FnOnce(u32, u32, Request) -> Due,
    ) {
        let begin = self.supplicant.busy_until.max(self.now);
        self.supplicant.busy_until = begin + takes;
        let pause = self.supplicant.busy_until.saturating_sub(self.now);
        let due = due(self.supplicant.life, self.daemon.life(), request);
        self.after(pause, Happening::Supplicant(due));
    }

    /// Its work waits, and so do its clients.
    pub fn supplicant_stalls(&mut self, span: Duration) {
        let supplicant = &mut self.supplicant;
        supplicant.stalled_until = self.now + span;
        supplicant.busy_until = supplicant.busy_until.max(supplicant.stalled_until);
    }

    pub fn until_supplicant_listens(&mut self) {
        let pause = self.supplicant.stalled_until.saturating_sub(self.now);
        self.pass(pause);
    }

    pub(in crate::world) fn supplicant_due(&mut self, due: Due) {
        let stalled = self.supplicant.stalled_until.saturating_sub(self.now);
        // Macveil cannot know of a P2P device that is started late.
        let is_its_own = !matches!(
            due,
            Due::IsGivenUp(..) | Due::IsMetAgain(_) | Due::StartsP2pDevice(_)
        );
        if is_its_own && !stalled.is_zero() {
            return self.after(stalled, Happening::Supplicant(due));
        }
        let life = self.supplicant.life;
        match due {
            Due::LooksAtLink(of) if of == life => self.look_at_link(),
            Due::TakesResults(of) if of == life => self.take_results(),
            Due::Scans(of) if of == life => self.scan_to_join(),
            Due::BecomesAccessPoint(of, id) if of == life => self.become_access_point(id),
            Due::Beacons(of) if of == life => self.hotspot_beacons(),
            Due::StartsP2pDevice(of) if of == life => self.p2p_device_starts(),
            Due::ScansInBackground(number) => self.scan_in_background(number),
            Due::Measures(number) => self.report_signal(number),
            Due::Step(number, step) => self.attempt_goes_on(number, step),
            Due::Answers(of, asker, request) => {
                let reply = if of == life && self.supplicant.running {
                    self.answer(request)
                } else {
                    decline(&request, Failure::Unreachable("it has gone".to_owned()))
                };
                self.after(
                    Duration::from_micros(50),
                    Happening::Tell(asker, Event::Backend(Report::Wpa(WpaEvent::Reply(reply)))),
                );
            }
            Due::IsGivenUp(of, asker, request) => {
                let why = Failure::Unreachable("it does not answer".to_owned());
                let reply = Event::Backend(Report::Wpa(WpaEvent::Reply(decline(&request, why))));
                self.after(Duration::ZERO, Happening::Tell(asker, reply));
                if of == life && self.supplicant.running {
                    self.supplicant.ignoring = false;
                    // Only the client that requested it ends it.
                    if asker != self.daemon.life() {
                        return;
                    }
                    self.supplicant.given_up = true;
                    self.report_presence(200, HEARING, wpa::Supplicant::Vanished);
                    let due = Due::IsMetAgain(of);
                    self.after(Duration::from_secs(1), Happening::Supplicant(due));
                }
            }
            Due::IsMetAgain(of) if of == life && self.supplicant.running => {
                self.report_presence(200, HEARING, wpa::Supplicant::Appeared);
            }
            _ => {}
        }
    }

    pub(super) fn say(&mut self, event: wpa::Supplicant) {
        if self.supplicant.is_elsewhere {
            return;
        }
        self.report(Event::Backend(Report::Wpa(WpaEvent::Supplicant(event))));
    }

    /// The kernel says that the association is over.
    pub(in crate::world) fn supplicant_lost(&mut self, reason: u16, local: bool) {
        if self.supplicant.attempt.is_none() || !self.supplicant.running {
            return;
        }
        self.end_attempt();
        self.supplicant.phase = Condition::Idle;
        self.say(wpa::Supplicant::Disconnected { reason, local });
        if self.supplicant.settings.autoconnect && !self.supplicant.disconnected {
            self.scan_again(Duration::from_millis(100));
        } else {
            self.supplicant.disconnected = true;
        }
    }

    pub(in crate::world) fn supplicant_hears_of_link(&mut self) {
        if self.supplicant.running {
            let (pause, life) = (self.micros(1_000, 30_000), self.supplicant.life);
            self.after(pause, Happening::Supplicant(Due::LooksAtLink(life)));
        }
    }

    /// It looks at the link as it is by now, whatever it was told about.
    pub(super) fn look_at_link(&mut self) {
        let link = self.kernel.link;
        if !link.up {
            if self.supplicant.knows_link_is_up {
                self.supplicant.knows_link_is_up = false;
                if self.supplicant.attempt.is_some() {
                    self.end_attempt();
                    let (reason, local) = (3, true);
                    self.say(wpa::Supplicant::Disconnected { reason, local });
                }
                self.supplicant.phase = Condition::Idle;
            }
            return;
        }
        let is_another = self.supplicant.own.replace(link.address) != Some(link.address);
        if !self.supplicant.knows_link_is_up {
            self.supplicant.knows_link_is_up = true;
            self.scan_to_join();
        } else if (is_another || self.supplicant.phase == Condition::Connected)
            && self.supplicant.attempt.is_some()
            && self.kernel.association.is_none()
        {
            self.supplicant_lost(3, true);
        } else if self.supplicant.phase == Condition::Scanning && self.kernel.scan.is_none() {
            // Its scan ended as the link was down for a moment.
            self.scan_again(Duration::from_secs(1));
        }
    }
}
