//! Which programs' events follow from the status of an interface. No I/O.

use std::ffi::OsString;
use std::time::Duration;

use crate::protocol::{Status, word};
use crate::words::problem;
use macveil_core::machine::StateKind;
use macveil_core::types::{Mac, Ssid};

/// Variables of a program's environment.
pub(super) type Environment = Vec<(&'static str, OsString)>;

/// What matters to programs about an interface.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    /// `None`: the interface is gone.
    address: Option<Mac>,
    kind: String,
    /// Time since the machine started at which the address was set.
    since: Duration,
    association: Option<Association>,
    /// Why the link is held down.
    problem: Option<String>,
    /// The state lasts, so that the address is worth a report.
    is_settled: bool,
}

#[derive(Debug, Clone)]
struct Association {
    ssid: Option<Ssid>,
    /// The number of associations; `None`: the daemon may have started again, and counts from zero.
    count: Option<u32>,
}

impl Snapshot {
    /// `now`: time since the machine started.
    pub(super) fn of(status: &Status, now: Duration, counts: bool) -> Self {
        let state = status.interface.state;
        let details = status.details.as_ref();
        let is_joined = matches!(state, Some(StateKind::Associated | StateKind::Connected));
        let is_held = matches!(state, Some(StateKind::Blocked | StateKind::Refused));
        Self {
            address: Some(status.interface.address),
            kind: details.map_or_else(String::new, |it| word(&it.address_kind)),
            since: now.saturating_sub(Duration::from_millis(details.map_or(0, |it| it.address_ms))),
            association: details.filter(|_| is_joined).map(|it| Association {
                ssid: it.ssid.clone(),
                count: counts.then_some(it.counters.associations),
            }),
            problem: details
                .filter(|_| is_held)
                .and_then(|it| it.problem.as_ref().map(problem)),
            is_settled: !matches!(
                state,
                Some(
                    StateKind::Masking
                        | StateKind::Associating
                        | StateKind::Rejoining
                        | StateKind::Disconnecting
                        | StateKind::Setting
                )
            ),
        }
    }

    pub(super) const fn gone() -> Self {
        Self {
            address: None,
            kind: String::new(),
            since: Duration::ZERO,
            association: None,
            problem: None,
            is_settled: false,
        }
    }

    /// Whether both are in the same association.
    fn continues(&self, earlier: &Self) -> bool {
        let (Some(now), Some(then)) = (&self.association, &earlier.association) else {
            return false;
        };
        let is_same = match (now.count, then.count) {
            (Some(now), Some(then)) => now == then,
            _ => self.address == earlier.address,
        };
        is_same && now.ssid == then.ssid
    }
}

/// What programs know about an interface.
#[derive(Debug, Default)]
pub(super) struct Told {
    snapshot: Option<Snapshot>,
    /// Network and address of the last association.
    joined: Option<(Option<Ssid>, Option<Mac>)>,
}

impl Told {
    /// The next event that tells programs about the present state, and its environment; `None`: they know it.
    pub(super) fn next(&mut self, now: &Snapshot) -> Option<(&'static str, Environment)> {
        let before = self.snapshot.as_ref();
        let was_joined = before.filter(|it| it.association.is_some());
        if let Some(before) = was_joined
            && !now.continues(before)
        {
            let mut environment = environment(now);
            put_network(&mut environment, before);
            let association = None;
            let problem = None;
            let after = now.clone();
            self.snapshot = Some(Snapshot {
                association,
                problem,
                ..after
            });
            return Some(("left", environment));
        }
        let has_joined = now.association.is_some() && was_joined.is_none();
        let is_blocked =
            now.problem.is_some() && before.is_none_or(|before| before.problem.is_none());
        let has_address = before.map(|before| before.address) != Some(now.address);
        if !(has_joined || is_blocked || now.is_settled) {
            return None;
        }
        self.snapshot = Some(now.clone());
        let mut environment = environment(now);
        if let Some(association) = now.association.as_ref().filter(|_| has_joined) {
            put_network(&mut environment, now);
            let last = self.joined.replace((association.ssid.clone(), now.address));
            let changed = |is_same: Option<bool>| match is_same {
                Some(true) => "no",
                Some(false) => "yes",
                None => "unknown",
            };
            let network = last.as_ref().map(|last| last.0 == association.ssid);
            let address = last.as_ref().map(|last| last.1 == now.address);
            environment.push(("MACVEIL_NETWORK_CHANGED", changed(network).into()));
            environment.push(("MACVEIL_ADDRESS_CHANGED", changed(address).into()));
            return Some(("joined", environment));
        }
        if is_blocked {
            let problem = now.problem.clone().unwrap_or_default();
            environment.push(("MACVEIL_PROBLEM", problem.into()));
            return Some(("blocked", environment));
        }
        has_address.then_some(("address", environment))
    }
}

fn environment(now: &Snapshot) -> Environment {
    let Some(address) = now.address else {
        return Vec::new();
    };
    let since = format!(
        "{}.{:02}",
        now.since.as_secs(),
        now.since.subsec_millis() / 10
    );
    vec![
        ("MACVEIL_ADDRESS", address.to_string().into()),
        ("MACVEIL_ADDRESS_KIND", now.kind.clone().into()),
        ("MACVEIL_ADDRESS_SINCE", since.into()),
    ]
}

/// Any access point chooses the bytes of a name, so the readable form has escapes.
fn put_network(environment: &mut Environment, snapshot: &Snapshot) {
    let association = snapshot.association.as_ref();
    if let Some(ssid) = association.and_then(|association| association.ssid.as_ref()) {
        environment.push(("MACVEIL_SSID", ssid.to_string().into()));
        environment.push(("MACVEIL_SSID_HEX", ssid.to_hex().into()));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::protocol::{Interface, InterfaceStatus};
    use macveil_core::machine::{AddressKind, Counters, NextChange, Problem};
    use macveil_core::types::DeviceKind;

    const OWN: Mac = Mac([2, 0, 0, 0, 0, 1]);
    const MASK: Mac = Mac([2, 0, 0, 0, 0, 2]);
    const OTHER: Mac = Mac([2, 0, 0, 0, 0, 3]);

    fn snapshot(state: StateKind, address: Mac, ssid: &str, associations: u32) -> Snapshot {
        let status = Status {
            interface: Interface {
                name: "wlan0".to_owned(),
                ifindex: 3,
                kind: DeviceKind::Wifi,
                address,
                state: Some(state),
            },
            managed_by: None,
            details: Some(InterfaceStatus {
                driver: String::new(),
                backend: None,
                up: true,
                state_ms: 0,
                address_kind: AddressKind::Assigned,
                permanent: false,
                address_ms: 1_500,
                next_change: NextChange::AssociationEnds,
                ssid: Ssid::new(ssid.as_bytes()),
                method: None,
                method_reason: None,
                problem: (state == StateKind::Blocked).then_some(Problem::LinkDown),
                retry_ms: None,
                paused: false,
                pause_ms: None,
                limitations: Vec::new(),
                counters: Counters {
                    associations,
                    ..Counters::default()
                },
            }),
        };
        Snapshot::of(&status, Duration::from_millis(61_750), true)
    }

    fn joined(ssid: &str, associations: u32) -> Snapshot {
        snapshot(StateKind::Associated, OWN, ssid, associations)
    }

    fn masked(address: Mac) -> Snapshot {
        snapshot(StateKind::Scanning, address, "", 1)
    }

    /// All events that a state leads to: their names, and the variables of the last one.
    fn tell(
        told: &mut Told,
        now: &Snapshot,
    ) -> (Vec<&'static str>, BTreeMap<&'static str, String>) {
        let mut names = Vec::new();
        let mut last = Environment::new();
        while let Some((name, environment)) = told.next(now) {
            names.push(name);
            last = environment;
            assert!(names.len() < 4, "{names:?}");
        }
        let text = |value: OsString| value.into_string().unwrap();
        let last = last.into_iter().map(|(name, value)| (name, text(value)));
        (names, last.collect())
    }

    #[test]
    fn connection_older_than_the_runner_is_told() {
        let mut told = Told::default();
        let (names, variables) = tell(&mut told, &joined("Caf\u{e9} \u{1b}", 1));
        assert_eq!(names, ["joined"]);
        assert_eq!(variables["MACVEIL_SSID"], "Caf\u{e9} \\x1b");
        assert_eq!(variables["MACVEIL_SSID_HEX"], "436166c3a9201b");
        assert_eq!(variables["MACVEIL_ADDRESS"], OWN.to_string());
        assert_eq!(variables["MACVEIL_ADDRESS_KIND"], "assigned");
        assert_eq!(variables["MACVEIL_ADDRESS_SINCE"], "60.25");
        assert_eq!(variables["MACVEIL_NETWORK_CHANGED"], "unknown");
        assert_eq!(tell(&mut told, &joined("Caf\u{e9} \u{1b}", 1)).0, [""; 0]);
    }

    #[test]
    fn each_change_is_told_once_and_what_does_not_last_is_not() {
        let mut told = Told::default();
        assert_eq!(tell(&mut told, &masked(MASK)).0, ["address"]);
        let passing = snapshot(StateKind::Associating, OTHER, "Home", 0);
        assert_eq!(tell(&mut told, &passing).0, [""; 0]);
        assert_eq!(tell(&mut told, &joined("Home", 1)).0, ["joined"]);
        let passing = snapshot(StateKind::Disconnecting, OWN, "Home", 1);
        let (names, variables) = tell(&mut told, &passing);
        assert_eq!(names, ["left"]);
        assert_eq!(variables["MACVEIL_SSID"], "Home");
        assert_eq!(tell(&mut told, &masked(MASK)).0, ["address"]);
        let blocked = snapshot(StateKind::Blocked, MASK, "", 1);
        let (names, variables) = tell(&mut told, &blocked);
        assert_eq!(names, ["blocked"]);
        assert_eq!(
            variables["MACVEIL_PROBLEM"],
            "the link is down, by the user or by rfkill"
        );
        assert_eq!(tell(&mut told, &blocked).0, [""; 0]);
    }

    #[test]
    fn next_network_is_compared_with_the_last_one() {
        let mut told = Told::default();
        tell(&mut told, &joined("Home", 1));
        for (ssid, address, network, changed) in [
            ("Home", OWN, "no", "no"),
            ("Cafe", OWN, "yes", "no"),
            ("Cafe", OTHER, "no", "yes"),
        ] {
            tell(&mut told, &masked(MASK));
            let now = snapshot(StateKind::Associated, address, ssid, 2);
            let variables = tell(&mut told, &now).1;
            assert_eq!(variables["MACVEIL_NETWORK_CHANGED"], network);
            assert_eq!(variables["MACVEIL_ADDRESS_CHANGED"], changed);
        }
    }

    #[test]
    fn association_that_was_not_seen_to_end_is_left_first() {
        let mut told = Told::default();
        tell(&mut told, &joined("Home", 1));
        assert_eq!(tell(&mut told, &joined("Home", 2)).0, ["left", "joined"]);
        assert_eq!(tell(&mut told, &joined("Cafe", 2)).0, ["left", "joined"]);
        assert_eq!(tell(&mut told, &Snapshot::gone()).0, ["left"]);
        assert_eq!(tell(&mut told, &Snapshot::gone()).0, [""; 0]);
    }

    #[test]
    fn restarted_daemon_counts_again_in_the_same_association() {
        let mut told = Told::default();
        tell(&mut told, &joined("Home", 7));
        let mut now = joined("Home", 1);
        now.association.as_mut().unwrap().count = None;
        assert_eq!(tell(&mut told, &now).0, [""; 0]);
        assert_eq!(tell(&mut told, &joined("Home", 1)).0, [""; 0]);
        now.address = Some(OTHER);
        assert_eq!(tell(&mut told, &now).0, ["left", "joined"]);
    }
}
