//! The promise, for any events in any order. The bench checks it at each action: no address
//! changes on a link that is up, and no link in use is taken down.

use proptest::collection::vec;
use proptest::prelude::*;
use rustix::io::Errno;

use super::bench::{Bench, Driver, OTHER, PERMANENT};
use super::seconds;
use super::*;

#[derive(Debug, Clone)]
enum Happening {
    Plug(bool),
    Switch(bool),
    ExternalChange(bool),
    Pass(u64),
    Resumed,
    Repeated,
    Driver(Driver),
    Configure(&'static str, OnFailure, OnExit),
    Leave,
}

fn happening() -> impl Strategy<Value = Happening> {
    let drivers = prop_oneof![
        4 => Just(Driver::Takes),
        1 => Just(Driver::Refuses(Errno::BUSY)),
        1 => Just(Driver::Ignores),
        1 => Just(Driver::Undoes),
        1 => (0..12_u32).prop_map(Driver::Late),
    ];
    let policies = prop_oneof![
        Just("stable"),
        Just("random"),
        Just("permanent"),
        Just("02:00:00:00:00:07")
    ];
    let failures = prop_oneof![3 => Just(OnFailure::Closed), 1 => Just(OnFailure::Open)];
    let exits = prop_oneof![Just(OnExit::Keep), Just(OnExit::Restore)];
    prop_oneof![
        8 => any::<bool>().prop_map(Happening::Plug),
        5 => any::<bool>().prop_map(Happening::Switch),
        3 => any::<bool>().prop_map(Happening::ExternalChange),
        8 => (0..20_u64).prop_map(Happening::Pass),
        1 => Just(Happening::Resumed),
        2 => Just(Happening::Repeated),
        2 => drivers.prop_map(Happening::Driver),
        1 => (policies, failures, exits).prop_map(|(a, b, c)| Happening::Configure(a, b, c)),
        1 => Just(Happening::Leave),
    ]
}

/// A link has a carrier only under the assigned address, or under an address set while it had one,
/// or under an address from before macveil managed it.
fn check(bench: &Bench, excused: bool) -> Result<(), TestCaseError> {
    let snapshot = bench.machine.status();
    prop_assert_eq!(snapshot.link, bench.link);
    let right = snapshot.address_kind == AddressKind::Assigned;
    let wakes = bench.machine.poll_timeout().is_some();
    match snapshot.state {
        StateKind::Connected
        | StateKind::Unmanaged
        | StateKind::Unprotected
        | StateKind::Released => prop_assert!(!wakes),
        StateKind::Blocked | StateKind::Releasing => prop_assert!(wakes),
        _ => {}
    }
    match snapshot.state {
        StateKind::Connected => prop_assert!(bench.link.carrier && right),
        StateKind::Unplugged => prop_assert!(!bench.link.carrier && right),
        StateKind::Unmanaged => prop_assert!(bench.link.carrier && excused),
        StateKind::Blocked => prop_assert!(!bench.link.up),
        StateKind::Setting => prop_assert!(!bench.link.carrier || right),
        StateKind::Unprotected | StateKind::Releasing | StateKind::Released => {}
        other => prop_assert!(false, "{:?} must not last", other),
    }
    Ok(())
}

proptest! {
    #[test]
    fn link_in_use_is_kept_and_used_only_when_assigned(
        up: bool,
        plugged: bool,
        policy in prop_oneof![Just("stable"), Just("random"), Just("permanent")],
        happenings in vec(happening(), 1..60),
    ) {
        let mut bench = Bench::new(policy, up, plugged);
        let mut excused = bench.link.carrier;
        check(&bench, excused)?;
        for happening in happenings {
            let was_in_use = bench.link.carrier;
            match happening {
                Happening::Plug(plugged) => bench.plug(plugged),
                Happening::Switch(up) => bench.external_switch(up),
                Happening::ExternalChange(other) => {
                    excused |= was_in_use;
                    bench.external_change(if other { OTHER } else { PERMANENT });
                }
                Happening::Pass(span) => bench.pass(seconds(span)),
                Happening::Resumed => bench.tell(Event::Command(Command::Resumed)),
                Happening::Repeated => bench.tell(Event::Link(LinkEvent::Changed(bench.link))),
                Happening::Driver(driver) => bench.driver = driver,
                Happening::Configure(policy, on_failure, on_exit) => {
                    excused |= was_in_use;
                    bench.configure(policy, |settings| {
                        settings.on_failure = on_failure;
                        settings.on_exit = on_exit;
                    });
                }
                Happening::Leave => bench.tell(Event::Command(Command::Release)),
            }
            excused &= bench.link.carrier;
            check(&bench, excused)?;
        }
    }
}
