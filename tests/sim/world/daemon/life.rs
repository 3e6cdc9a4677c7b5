//! It starts, ends, and is told what to be.

use std::sync::Arc;
use std::time::Duration;

use macveil::config::{Config, DeviceFacts};
use macveil_core::machine::ethernet::{EthernetDevice, EthernetMachine};
use macveil_core::machine::iwd::IwdMachine;
use macveil_core::machine::wpa::{Supplicant, WpaEvent, WpaMachine};
use macveil_core::machine::{AddressKind, Addresses, Card, Command, How, SourceGuard, StateKind};
use macveil_core::types::{DeviceKind, Mac};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Backend, ENDING, Event, HEARING, Happening, Machine, PERMANENT, Report, World, host};

impl World {
    pub fn start_daemon(&mut self) {
        if self.daemon.state() == Some(StateKind::Releasing) {
            return self.after(ENDING, Happening::DaemonStarts);
        }
        if self.daemon.runs {
            return;
        }
        self.daemon.runs = true;
        self.daemon.yields = false;
        self.daemon.ends_mode = false;
        if std::mem::take(&mut self.daemon.holds) && !self.kernel.link.up {
            let _ = self.set_address(self.held_mask(), How::WhileDown);
            let _ = self.link_up();
        }
        self.daemon.life += 1;
        self.daemon.started = self.now;
        self.daemon.deaf_until = None;
        self.note_line(|| "macveil starts".to_owned());
        self.manage_interface();
    }

    /// It meets the interface, and then the program that drives it.
    pub(super) fn manage_interface(&mut self) {
        if !self.kernel.exists {
            return;
        }
        self.kernel.guard.is_new = false;
        self.daemon.budgets += 1;
        let backend = self.driven_by();
        let link = self.kernel.link;
        let initial = *self.daemon.initial.get_or_insert(link.address);
        let rng = StdRng::from_rng(&mut self.chance);
        let settings = self.daemon.settings.clone();
        let now = self.clocks();
        let policies = self.daemon.policies.clone();
        let card = self.card(initial);
        let history = self.daemon.history.clone();
        let addresses = |policies| Addresses { policies, history };
        self.daemon.machine = Some(match backend {
            Backend::Wpa => {
                let addresses = addresses(policies);
                let machine = WpaMachine::new(now, card, settings, addresses, link, rng);
                let channels = self.daemon.channels.clone();
                Machine::Wpa(Box::new(machine.joined_before(channels)))
            }
            Backend::Iwd => {
                let addresses = addresses(policies.bound_to_card());
                let machine = IwdMachine::new(now, card, settings, addresses, link, rng);
                let mask = self.daemon.last_mask.filter(|mask| *mask == link.address);
                Machine::Iwd(Box::new(machine.masked_before(mask)))
            }
            Backend::Ethernet => {
                let device = port(initial, self.daemon.has_noted_down);
                let machine = EthernetMachine::new(now, device, settings, policies, link, rng);
                Machine::Ethernet(Box::new(machine))
            }
        });
        self.carry_out();
        match backend {
            Backend::Wpa if self.supplicant.running && !self.supplicant.is_elsewhere => {
                self.report_presence(200, HEARING, Supplicant::Appeared);
            }
            Backend::Iwd => self.client_meets_iwd(),
            Backend::Wpa | Backend::Ethernet => {}
        }
    }

    /// Another program drives the interface by now, or the same one no longer.
    pub(in crate::world) fn look_at_managers(&mut self, life: u32) {
        if life != self.daemon.life || !self.daemon.runs {
            return;
        }
        if let Some(pause) = self.daemon.busy_for(self.now) {
            return self.after(pause, Happening::Managers(life));
        }
        let driven_by = self.driven_by();
        let machine = self.daemon.machine.as_ref();
        if machine.is_some_and(|it| it.backend() != driven_by) && !self.daemon.yields {
            self.daemon.yields = true;
            self.hand_over(Event::Command(Command::Yield));
        }
    }

    /// The machine has ended: macveil exits, or the interface gets another machine.
    pub(super) fn machine_ends(&mut self) {
        self.forget_machine();
        if !std::mem::take(&mut self.daemon.yields) {
            self.daemon.runs = false;
            return;
        }
        self.kernel.guard.now = SourceGuard::Off;
        self.manage_interface();
    }

    fn forget_machine(&mut self) {
        if let Some(machine) = self.daemon.machine.take() {
            let status = machine.status();
            let is_masked = status.address_kind == AddressKind::Mask;
            self.daemon.last_mask = is_masked.then_some(status.link.address);
        }
    }

    /// The kernel says that there is another interface now, or none.
    pub(in crate::world) fn daemon_finds_interface(&mut self, life: u32) {
        if life != self.daemon.life || !self.daemon.runs {
            return;
        }
        if let Some(pause) = self.daemon.busy_for(self.now) {
            return self.after(pause, Happening::Interface(life));
        }
        if self.backend == Backend::Wpa && self.mode_is_unordered() {
            return;
        }
        self.note_line(|| "macveil finds another interface".to_owned());
        self.forget_machine();
        self.daemon.yields = false;
        self.daemon.life += 1;
        // What was on its way about the former one is lost, and so is that something was lost.
        self.daemon.deaf_until = None;
        self.daemon.initial = Some(PERMANENT);
        if self.kernel.exists {
            self.manage_interface();
        } else if self.daemon.last_mask != Some(self.kernel.link.address) {
            // The shell masks an interface that becomes an access point.
            self.kernel.link.address = Mac([0x0e, 0, 0, 0, 0x55, 0x44]);
        }
    }

    /// wpa_supplicant is an access point under a network's address, without an order: the machine is told, and stays.
    fn mode_is_unordered(&mut self) -> bool {
        if self.kernel.exists {
            return std::mem::take(&mut self.daemon.ends_mode);
        }
        let status = self.daemon.machine.as_ref().map(Machine::status);
        let must_end = status.is_some_and(|status| {
            status.address_kind != AddressKind::Mask && status.state != StateKind::Unprotected
        });
        if must_end && !std::mem::replace(&mut self.daemon.ends_mode, true) {
            let event = WpaEvent::ModeChanged;
            self.hand_over(Event::Backend(Report::Wpa(event)));
        }
        must_end
    }

    fn card(&self, initial: Mac) -> Card {
        Card {
            name: "wlan0".to_owned(),
            ifindex: 3,
            wiphy: 0,
            driver: "simulated".to_owned(),
            permanent: Some(PERMANENT),
            initial,
            random_address: self.kernel.driver.random_address,
            random_sequence: true,
            minimal_content: true,
            live_change: self.kernel.driver.live_change,
            max_scan_ssids: 4,
            channels: self.kernel.channels.clone(),
        }
    }

    pub fn daemon_dies(&mut self, back_after: Duration) {
        if self.kill_daemon() {
            self.after(back_after, Happening::DaemonStarts);
        }
    }

    /// It ends, and its next start fails: until the one after that it only keeps the link down, under an unused mask.
    pub fn daemon_start_is_refused(&mut self, back_after: Duration) {
        if self.kill_daemon() {
            let life = self.daemon.life;
            // A cable is left as it is.
            self.daemon.holds = self.backend != Backend::Ethernet;
            self.after(ENDING, Happening::Holds(life));
            self.after(back_after.max(ENDING * 2), Happening::DaemonStarts);
        }
    }

    /// As `hold_down` of the shell does it for a station.
    pub(in crate::world) fn daemon_holds(&mut self, life: u32) {
        let is_due = life == self.daemon.life && self.daemon.holds;
        if !is_due || !self.kernel.exists {
            return;
        }
        let was_up = self.kernel.link.up;
        self.link_down();
        if was_up || self.shows_identity() {
            let _ = self.set_address(self.held_mask(), How::WhileDown);
        }
    }

    /// Each hold has another one.
    const fn held_mask(&self) -> Mac {
        let [.., high, low] = self.daemon.life.to_be_bytes();
        Mac([0x0e, 0, 0, 0x48, high, low])
    }

    /// Says whether there was one.
    pub fn kill_daemon(&mut self) -> bool {
        self.note_whether_unprotected();
        self.daemon.machine = None;
        let there = std::mem::take(&mut self.daemon.runs);
        if there {
            self.air.has_outlived_daemon = self.supplicant.serves();
            self.note_line(|| "macveil dies".to_owned());
            // Whatever was on its way to it is lost.
            self.daemon.life += 1;
        }
        there
    }

    /// What begins then may outlive the daemon.
    pub(in crate::world) fn note_whether_unprotected(&mut self) {
        self.air.unprotected |= self.daemon.state() == Some(StateKind::Unprotected);
    }

    /// As by a restart of its service: the command is heard once what is being done is done.
    pub(super) fn daemon_is_stopped(&mut self, back_after: Duration) {
        self.note_whether_unprotected();
        let life = self.daemon.life;
        let release = Event::Command(Command::Release);
        self.after(Duration::ZERO, Happening::Tell(life, release));
        self.after(back_after, Happening::DaemonStarts);
    }

    pub fn stop_daemon(&mut self) {
        let life = self.daemon.life;
        self.tell_daemon(life, Event::Command(Command::Release));
    }

    /// It has read that configuration, at its start or since.
    pub fn configure(&mut self, config: &Config) {
        let device = DeviceFacts {
            name: "wlan0",
            permanent: Some(PERMANENT),
            driver: "simulated",
            kind: DeviceKind::Wifi,
        };
        self.daemon.settings = config.settings(&device);
        self.daemon.policies = config.address_policies(&device, Arc::new(host()));
        let now = self.clocks();
        if let Some(machine) = &mut self.daemon.machine {
            let (settings, policies) = (self.daemon.settings.clone(), self.daemon.policies.clone());
            machine.reconfigure(now, settings, policies);
        }
    }

    /// It hears nothing for that long; then the kernel says that something was lost.
    pub fn daemon_is_deaf(&mut self, span: Duration) {
        if self.daemon.deaf_until.is_none() {
            self.daemon.deaf_until = Some(self.now + span);
            self.daemon.is_blind(self.now, self.now + span);
            let life = self.daemon.life;
            self.after(span, Happening::Tell(life, Event::Overrun));
        }
    }

    pub fn user_asks(&mut self, command: Command) {
        // The user may want others.
        self.daemon.budgets += 1;
        let life = self.daemon.life;
        self.tell_daemon(life, Event::Command(command));
    }

    pub fn machine_resumes(&mut self) {
        let life = self.daemon.life;
        self.tell_daemon(life, Event::Command(Command::Resumed));
    }
}

fn port(initial: Mac, is_held_down: bool) -> EthernetDevice {
    EthernetDevice {
        name: "eth0".to_owned(),
        ifindex: 3,
        driver: "simulated".to_owned(),
        permanent: Some(PERMANENT),
        initial,
        physical: true,
        bonded: false,
        is_held_down,
    }
}
