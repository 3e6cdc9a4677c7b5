//! A simulated Ethernet link: a kernel, a driver with faults, a cable.

use rustix::io::Errno;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::address::{
    AddressFacts, AddressPolicies, ConnectionOptions, Host, HostKey, NetworkFacts, Origin, Sourced,
    Zone,
};
use crate::machine::link::guard_bench::GuardBench;
use crate::types::Mac;

pub(super) const PERMANENT: Mac = Mac([0, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub(super) const INITIAL: Mac = PERMANENT;
pub(super) const OTHER: Mac = Mac([0, 0xaa, 0xbb, 0xcc, 0xdd, 0xee]);

/// How the driver handles an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    Takes,
    /// With this errno.
    Refuses(Errno),
    /// It reports success and does nothing.
    Ignores,
    /// It puts the old address back when the link comes up.
    Undoes,
    /// Another program brings the link up again as soon as it is down.
    StaysUp,
    /// The address appears after this number of reads.
    Late(u32),
}

pub(super) struct Bench {
    pub(super) machine: EthernetMachine,
    pub(super) now: Time,
    pub(super) link: Link,
    pub(super) plugged: bool,
    pub(super) driver: Driver,
    pub(super) done: Vec<Action>,
    pub(super) guard: GuardBench,
    /// The link had a carrier before this event, so a program may use it.
    in_use: bool,
    /// The address that a late driver has not applied yet.
    pending: Option<(u32, Mac)>,
}

impl Bench {
    /// A link with its initial address; `plugged` is the state of its cable.
    pub(super) fn new(policy: &str, up: bool, plugged: bool) -> Self {
        Self::with_address(policy, up, plugged, INITIAL)
    }

    pub(super) fn with_address(policy: &str, up: bool, plugged: bool, address: Mac) -> Self {
        let options = options(policy);
        Self::begin(
            options,
            Settings::default(),
            up,
            plugged,
            address,
            Driver::Takes,
        )
    }

    pub(super) fn with_driver(driver: Driver, up: bool, on_failure: OnFailure) -> Self {
        let settings = Settings {
            on_failure,
            ..Settings::default()
        };
        Self::begin(options("stable"), settings, up, false, INITIAL, driver)
    }

    /// `stable` with this id; up and unplugged.
    pub(super) fn with_id(id: &str) -> Self {
        let options = ConnectionOptions {
            stable_id: Some(said(id.parse().unwrap())),
            ..options("stable")
        };
        Self::begin(
            options,
            Settings::default(),
            true,
            false,
            INITIAL,
            Driver::Takes,
        )
    }

    fn begin(
        options: ConnectionOptions,
        settings: Settings,
        up: bool,
        plugged: bool,
        address: Mac,
        driver: Driver,
    ) -> Self {
        let link = Link {
            address,
            up,
            carrier: up && plugged,
        };
        let device = EthernetDevice {
            name: "eth0".to_owned(),
            ifindex: 2,
            driver: "e1000e".to_owned(),
            permanent: Some(PERMANENT),
            initial: INITIAL,
            physical: true,
            bonded: false,
            is_held_down: false,
        };
        let now = Time::from_secs(100);
        let rng = StdRng::seed_from_u64(7);
        let policies = policies(options);
        let mut bench = Self {
            machine: EthernetMachine::new(at(now), device, settings, policies, link, rng),
            now,
            link,
            plugged,
            driver,
            done: Vec::new(),
            guard: GuardBench::default(),
            in_use: link.carrier,
            pending: None,
        };
        bench.settle();
        bench
    }

    pub(super) fn state(&self) -> StateKind {
        self.machine.status().state
    }

    /// The address that `stable` leads to.
    pub(super) fn stable(&self) -> Mac {
        let facts = AddressFacts {
            permanent: Some(PERMANENT),
            initial: INITIAL,
            current: self.link.address,
            previous: None,
        };
        let mut rng = StdRng::seed_from_u64(0);
        let network = NetworkFacts::default();
        let stable = policies(options("stable")).assign(&network, &facts, &mut rng);
        stable.unwrap()
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.in_use &= self.link.carrier;
        self.machine.handle(at(self.now), event);
        self.settle();
    }

    /// Handles an event and returns the requested steps without performing them.
    pub(super) fn hear(&mut self, event: Event) -> Vec<&'static str> {
        self.machine.handle(at(self.now), event);
        self.done = self.polled();
        self.steps()
    }

    /// Lets the timeout fire and returns the requested actions without performing them.
    pub(super) fn fire_timeout(&mut self) -> Vec<Action> {
        self.now = self.machine.poll_timeout().expect("a timeout");
        self.machine.handle_timeout(at(self.now));
        self.polled()
    }

    fn polled(&mut self) -> Vec<Action> {
        let actions = std::iter::from_fn(|| self.machine.poll_action());
        let is_guard = |action: &Action| matches!(action, Action::SetSourceGuard(_));
        actions.filter(|action| !is_guard(action)).collect()
    }

    /// Lets time pass, deadline by deadline.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self
            .machine
            .poll_timeout()
            .filter(|&deadline| deadline <= end)
        {
            self.now = deadline.max(self.now);
            self.machine.handle_timeout(at(self.now));
            self.settle();
        }
        self.now = end;
    }

    pub(super) fn plug(&mut self, plugged: bool) {
        self.plugged = plugged;
        self.link_changes(|_| {});
    }

    pub(super) fn external_switch(&mut self, up: bool) {
        self.link_changes(|link| link.up = up);
    }

    pub(super) fn external_change(&mut self, address: Mac) {
        self.link_changes(|link| link.address = address);
    }

    fn link_changes(&mut self, change: impl FnOnce(&mut Link)) {
        change(&mut self.link);
        self.link.carrier = self.link.up && self.plugged;
        self.tell(Event::Link(LinkEvent::Changed(self.link)));
    }

    pub(super) fn configure(&mut self, policy: &str, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::default();
        change(&mut settings);
        let policies = policies(options(policy));
        self.machine.reconfigure(at(self.now), settings, policies);
        self.settle();
    }

    fn settle(&mut self) {
        let mut actions = 0;
        while let Some(action) = self.machine.poll_action() {
            actions += 1;
            assert!(actions < 100, "endless actions: {:?}", self.done);
            if let Action::SetSourceGuard(guard) = action {
                self.guard.now = Some(guard);
                let event = Event::Link(LinkEvent::Guarded(Ok(())));
                self.machine.handle(at(self.now), event);
                continue;
            }
            self.check_promise(&action);
            self.done.push(action.clone());
            if let Some(result) = self.perform(action) {
                let event = Event::Link(LinkEvent::Answered(result));
                self.machine.handle(at(self.now), event);
            }
        }
        self.in_use = self.link.carrier;
        self.guard.check_settled(self.link.address);
    }

    /// No address changes while the link is up, and no link in use is taken down.
    fn check_promise(&mut self, action: &Action) {
        match action {
            Action::SetAddress { how, address } => {
                self.guard.check_setting(*address);
                assert_eq!(*how, How::WhileDown);
                assert!(!self.link.up, "an address change on a link that is up");
            }
            Action::SetLinkDown => {
                assert!(
                    !(self.in_use && self.link.carrier),
                    "a connection is broken"
                );
            }
            _ => {}
        }
    }

    fn perform(&mut self, action: Action) -> Option<Result<Link, KernelError>> {
        match action {
            Action::SetAddress { address, .. } => self.driver_sets(address),
            Action::SetLinkDown => self.switch(false),
            Action::BringUp => {
                self.switch(true);
                if self.driver == Driver::Undoes {
                    self.link.address = INITIAL;
                }
            }
            Action::ReadLink => self.apply_late(),
            Action::Notify(_) | Action::Finish => return None,
            other => panic!("not an action of the Ethernet machine: {other:?}"),
        }
        match (self.driver, self.done.last()) {
            (Driver::Refuses(errno), Some(Action::SetAddress { .. })) => Some(Err(KernelError {
                step: "set the address",
                errno: Some(errno),
                reason: errno.to_string(),
            })),
            _ => Some(Ok(self.link)),
        }
    }

    fn driver_sets(&mut self, address: Mac) {
        match self.driver {
            Driver::Takes | Driver::Undoes | Driver::StaysUp => self.link.address = address,
            Driver::Late(reads) => self.pending = Some((reads, address)),
            Driver::Refuses(_) | Driver::Ignores => {}
        }
    }

    fn apply_late(&mut self) {
        match self.pending.take() {
            Some((0, address)) => self.link.address = address,
            Some((reads, address)) => self.pending = Some((reads - 1, address)),
            None => {}
        }
    }

    fn switch(&mut self, up: bool) {
        self.link.up = up || self.driver == Driver::StaysUp;
        self.link.carrier = self.link.up && self.plugged;
    }

    /// The steps that were performed on the link.
    pub(super) fn steps(&self) -> Vec<&'static str> {
        let steps = self.done.iter().filter_map(|action| match action {
            Action::SetAddress { .. } => Some("address"),
            Action::SetLinkDown => Some("down"),
            Action::BringUp => Some("up"),
            _ => None,
        });
        steps.collect()
    }

    pub(super) fn said(&self, what: impl Fn(&Notice) -> bool) -> bool {
        let mut actions = self.done.iter();
        actions.any(|action| matches!(action, Action::Notify(notice) if what(notice)))
    }

    pub(super) fn remarked(&self, what: impl Fn(&Remark) -> bool) -> bool {
        self.said(|notice| matches!(notice, Notice::Remark(remark) if what(remark)))
    }
}

/// The machine was booted at the epoch.
fn at(boot: Time) -> Now {
    let wall = UNIX_EPOCH + boot;
    Now { boot, wall }
}

fn options(policy: &str) -> ConnectionOptions {
    ConnectionOptions {
        policy: Some(said(policy.parse().unwrap())),
        ..ConnectionOptions::default()
    }
}

fn policies(options: ConnectionOptions) -> AddressPolicies {
    let host = Host {
        key: HostKey::from_host_id(b"a key for tests."),
        boot_id: None,
        zone: Zone::utc(),
    };
    AddressPolicies::new("eth0".to_owned(), Arc::new(host), None, Vec::new(), options)
}

fn said<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::BuiltIn,
    }
}
