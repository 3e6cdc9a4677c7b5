//! A wire in a small world: a link that does what it is told, a driver with its faults, a cable.

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
use crate::types::Mac;

pub(super) const PERMANENT: Mac = Mac([0, 0x11, 0x22, 0x33, 0x44, 0x55]);
pub(super) const INITIAL: Mac = PERMANENT;
pub(super) const OTHER: Mac = Mac([0, 0xaa, 0xbb, 0xcc, 0xdd, 0xee]);

/// What a driver does with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    Takes,
    /// With this errno.
    Refuses(Errno),
    /// It says yes and does nothing.
    Ignores,
    /// It puts the old address back when the link comes up.
    Undoes,
    /// Another program brings the link up again as soon as it is down.
    StaysUp,
    /// The address comes with the next question but these.
    Late(u32),
}

pub(super) struct Bench {
    pub(super) wire: EthernetMachine,
    pub(super) now: Time,
    pub(super) link: Link,
    pub(super) plugged: bool,
    pub(super) driver: Driver,
    pub(super) done: Vec<Action>,
    /// The carrier was there before what happens now, so that somebody may use it.
    in_use: bool,
    /// What a late driver has still to apply.
    coming: Option<(u32, Mac)>,
}

impl Bench {
    /// A wire with its initial address; `plugged` says where its cable is.
    pub(super) fn new(policy: &str, up: bool, plugged: bool) -> Self {
        Self::with_address(policy, up, plugged, INITIAL)
    }

    pub(super) fn with_address(policy: &str, up: bool, plugged: bool, address: Mac) -> Self {
        let options = options(policy);
        Self::begin(options, settings(), up, plugged, address, Driver::Takes)
    }

    pub(super) fn with_driver(driver: Driver, up: bool, on_failure: OnFailure) -> Self {
        let settings = Settings {
            on_failure,
            ..settings()
        };
        Self::begin(options("stable"), settings, up, false, INITIAL, driver)
    }

    /// `stable` with this id; up and unplugged.
    pub(super) fn with_id(id: &str) -> Self {
        let options = ConnectionOptions {
            stable_id: Some(said(id.parse().unwrap())),
            ..options("stable")
        };
        Self::begin(options, settings(), true, false, INITIAL, Driver::Takes)
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
        let port = EthernetDevice {
            name: "eth0".to_owned(),
            ifindex: 2,
            driver: "e1000e".to_owned(),
            permanent: Some(PERMANENT),
            initial: INITIAL,
            physical: true,
            bonded: false,
        };
        let now = Time::from_secs(100);
        let rng = StdRng::seed_from_u64(7);
        let policies = policies(options);
        let mut bench = Self {
            wire: EthernetMachine::new(at(now), port, settings, policies, link, rng),
            now,
            link,
            plugged,
            driver,
            done: Vec::new(),
            in_use: link.carrier,
            coming: None,
        };
        bench.settle();
        bench
    }

    pub(super) fn state(&self) -> StateKind {
        self.wire.status().state
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
        self.wire.handle(at(self.now), event);
        self.settle();
    }

    /// What happens, and what is wanted then of the link: it is not done.
    pub(super) fn hear(&mut self, event: Event) -> Vec<&'static str> {
        self.wire.handle(at(self.now), event);
        self.done = std::iter::from_fn(|| self.wire.poll_action()).collect();
        self.steps()
    }

    /// The alarm rings; what is wanted then is not done.
    pub(super) fn rings(&mut self) -> Vec<Action> {
        self.now = self.wire.poll_timeout().expect("an alarm");
        self.wire.handle_timeout(at(self.now));
        std::iter::from_fn(|| self.wire.poll_action()).collect()
    }

    /// Lets time go by, deadline after deadline.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self.wire.poll_timeout().filter(|&deadline| deadline <= end) {
            self.now = deadline.max(self.now);
            self.wire.handle_timeout(at(self.now));
            self.settle();
        }
        self.now = end;
    }

    pub(super) fn plug(&mut self, plugged: bool) {
        self.plugged = plugged;
        self.link_changes(|_| {});
    }

    pub(super) fn somebody_switches(&mut self, up: bool) {
        self.link_changes(|link| link.up = up);
    }

    pub(super) fn somebody_sets(&mut self, address: Mac) {
        self.link_changes(|link| link.address = address);
    }

    fn link_changes(&mut self, change: impl FnOnce(&mut Link)) {
        change(&mut self.link);
        self.link.carrier = self.link.up && self.plugged;
        self.tell(Event::Link(LinkEvent::Changed(self.link)));
    }

    pub(super) fn configure(&mut self, policy: &str, change: impl FnOnce(&mut Settings)) {
        let mut settings = settings();
        change(&mut settings);
        let policies = policies(options(policy));
        self.wire.reconfigure(at(self.now), settings, policies);
        self.settle();
    }

    fn settle(&mut self) {
        let mut actions = 0;
        while let Some(action) = self.wire.poll_action() {
            actions += 1;
            assert!(actions < 100, "no end of it: {:?}", self.done);
            self.check_promise(&action);
            self.done.push(action.clone());
            if let Some(result) = self.perform(action) {
                let event = Event::Link(LinkEvent::Answered(result));
                self.wire.handle(at(self.now), event);
            }
        }
        self.in_use = self.link.carrier;
    }

    /// No address is changed while there is a carrier, and nothing in use is taken down.
    fn check_promise(&self, action: &Action) {
        match action {
            Action::SetAddress { how, .. } => {
                assert_eq!(*how, How::WhileDown);
                assert!(!self.link.up, "an address on a link that is up");
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
            other => panic!("a wire has nothing to do with {other:?}"),
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
            Driver::Late(questions) => self.coming = Some((questions, address)),
            Driver::Refuses(_) | Driver::Ignores => {}
        }
    }

    fn apply_late(&mut self) {
        match self.coming.take() {
            Some((0, address)) => self.link.address = address,
            Some((questions, address)) => self.coming = Some((questions - 1, address)),
            None => {}
        }
    }

    fn switch(&mut self, up: bool) {
        self.link.up = up || self.driver == Driver::StaysUp;
        self.link.carrier = self.link.up && self.plugged;
    }

    /// What was done to the link.
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

/// The machine was started with the epoch.
fn at(boot: Time) -> Now {
    let wall = UNIX_EPOCH + boot;
    Now { boot, wall }
}

const fn settings() -> Settings {
    Settings {
        scan_random: true,
        mask_method: MaskMethod::Auto,
        mask_lifetime: Duration::ZERO,
        on_failure: OnFailure::Closed,
        on_exit: OnExit::Keep,
    }
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
