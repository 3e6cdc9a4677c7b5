//! With a cable.

use std::time::Duration;

use macveil_core::address::Policy;

use super::{Begins, Day, Hour, Trouble, after, site};
use crate::setup::Site;
use crate::world::Backend;

pub fn all() -> Vec<(&'static str, Day)> {
    vec![
        ("wire: in and out", in_and_out(Policy::Stable)),
        ("wire: random address", in_and_out(Policy::Random)),
        ("wire: permanent address", in_and_out(Policy::Permanent)),
        ("wire: other programs", other_programs()),
        ("wire: restarts", restarts()),
        ("wire: in use at first", in_use_at_first()),
    ]
}

fn with_wire(policy: Policy, hours: Vec<Hour>) -> Day {
    let mut day = Day::new(vec![Site { policy, ..site(0) }]);
    day.backend = Backend::Ethernet;
    day.hours = hours;
    day
}

fn in_and_out(policy: Policy) -> Day {
    let hours = vec![
        after(3, Trouble::Cable(true)),
        after(8, Trouble::CableBlinks),
        after(12, Trouble::Cable(false)),
        after(12, Trouble::Cable(true)),
        after(8, Trouble::Nothing),
    ];
    with_wire(policy, hours)
}

fn other_programs() -> Day {
    let hours = vec![
        after(3, Trouble::AddressChanged),
        after(3, Trouble::Cable(true)),
        after(6, Trouble::AddressChanged),
        after(6, Trouble::LinkDown),
        after(3, Trouble::LinkUp),
        after(8, Trouble::ChangedInUse),
        after(3, Trouble::Cable(false)),
        after(8, Trouble::Nothing),
    ];
    let mut day = with_wire(Policy::Stable, hours);
    day.driver.live_change = true;
    day
}

fn restarts() -> Day {
    let hours = vec![
        after(3, Trouble::DaemonDies(Duration::from_secs(1))),
        after(2, Trouble::Cable(true)),
        after(8, Trouble::DaemonDies(Duration::from_secs(1))),
        after(8, Trouble::Sleeps(Duration::from_secs(1_000))),
        after(8, Trouble::Cable(false)),
        after(8, Trouble::Nothing),
    ];
    with_wire(Policy::Stable, hours)
}

fn in_use_at_first() -> Day {
    let hours = vec![
        after(8, Trouble::DaemonDies(Duration::from_secs(1))),
        after(8, Trouble::Cable(false)),
        after(8, Trouble::Cable(true)),
        after(8, Trouble::Nothing),
    ];
    let mut day = with_wire(Policy::Stable, hours);
    day.begins = Begins::Supplicant;
    day
}
