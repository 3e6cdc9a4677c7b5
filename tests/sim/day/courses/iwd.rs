//! With iwd.

use std::time::Duration;

use macveil_core::address::Policy;

use super::{Begins, Day, Hour, Trouble, after, site};
use crate::setup::Site;
use crate::world::Backend;

pub fn all() -> Vec<(&'static str, Day)> {
    vec![
        ("iwd: outage", outage()),
        (
            "iwd: outage, address changed while down",
            while_down(outage()),
        ),
        ("iwd: two networks", two_networks()),
        ("iwd: hidden network", hidden()),
        (
            "iwd: hidden network, scans show the address",
            without_random_scans(hidden()),
        ),
        ("iwd: random address", random()),
        ("iwd: commands of the user", user_commands()),
        ("iwd: restarts", restarts()),
        ("iwd: its own interface", with_its_own_interface(restarts())),
        ("iwd: first connection", first_connection()),
        ("iwd: edited files", edited()),
        ("iwd: scans while connected", scans_while_connected()),
        ("iwd: another mode", another_mode()),
        ("iwd: over a connection", over_a_connection()),
    ]
}

fn with_iwd(sites: Vec<Site>, hours: Vec<Hour>) -> Day {
    let mut day = Day::new(sites);
    day.backend = Backend::Iwd;
    day.driver.live_change = true;
    day.hours = hours;
    day
}

fn while_down(mut day: Day) -> Day {
    day.driver.live_change = false;
    day
}

fn without_random_scans(mut day: Day) -> Day {
    day.driver.random_address = false;
    day
}

fn with_its_own_interface(mut day: Day) -> Day {
    day.owns_interface = true;
    day
}

fn outage() -> Day {
    let hours = vec![
        after(8, Trouble::Goes(0, true)),
        after(3, Trouble::Returns(0)),
        after(4, Trouble::Goes(0, false)),
        after(4, Trouble::Returns(0)),
        after(4, Trouble::Kicks(0)),
        after(5, Trouble::Nothing),
    ];
    with_iwd(vec![site(0)], hours)
}

fn two_networks() -> Day {
    let first = Site {
        priority: 1,
        ..site(0)
    };
    let hours = vec![
        after(8, Trouble::Goes(0, true)),
        after(6, Trouble::Returns(0)),
        after(3, Trouble::Goes(1, false)),
        after(4, Trouble::Returns(1)),
        after(4, Trouble::UserSelects(1)),
        after(5, Trouble::Nothing),
    ];
    with_iwd(vec![first, site(1)], hours)
}

fn hidden() -> Day {
    let hidden = Site {
        hidden: true,
        ..site(0)
    };
    let hours = vec![
        after(8, Trouble::Goes(0, false)),
        after(4, Trouble::Returns(0)),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![hidden], hours)
}

fn random() -> Day {
    let random = Site {
        policy: Policy::Random,
        ..site(0)
    };
    let hours = vec![
        after(8, Trouble::Kicks(0)),
        after(4, Trouble::Goes(0, true)),
        after(3, Trouble::Returns(0)),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![random], hours)
}

fn user_commands() -> Day {
    let hours = vec![
        after(8, Trouble::UserDisconnects),
        after(5, Trouble::UserReconnects),
        after(10, Trouble::UserScans),
        after(5, Trouble::UserDisconnects),
        after(5, Trouble::UserSelects(0)),
        after(8, Trouble::Nothing),
    ];
    while_down(with_iwd(vec![site(0)], hours))
}

fn restarts() -> Day {
    let hours = vec![
        after(8, Trouble::DaemonDies(Duration::from_secs(1))),
        after(5, Trouble::SupplicantDies),
        after(2, Trouble::SupplicantStarts),
        after(8, Trouble::Sleeps(Duration::from_secs(1_000))),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![site(0)], hours)
}

fn first_connection() -> Day {
    let hours = vec![
        after(8, Trouble::UserForgets(0)),
        after(3, Trouble::UserSelects(0)),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![site(0), site(1)], hours)
}

fn edited() -> Day {
    let hours = vec![
        after(8, Trouble::UserReconfigures),
        after(2, Trouble::Kicks(0)),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![site(0)], hours)
}

fn scans_while_connected() -> Day {
    let hours = vec![
        after(8, Trouble::Asks(0)),
        after(5, Trouble::Steers(0)),
        after(5, Trouble::UserScansWithIw),
        after(5, Trouble::UserScans),
        after(5, Trouble::Nothing),
    ];
    with_iwd(vec![site(0)], hours)
}

fn another_mode() -> Day {
    let hours = vec![
        after(8, Trouble::UserSetsMode(true)),
        after(5, Trouble::UserSetsMode(false)),
        after(8, Trouble::Nothing),
    ];
    with_iwd(vec![site(0)], hours)
}

fn over_a_connection() -> Day {
    let mut day = with_iwd(vec![site(0)], vec![after(10, Trouble::Nothing)]);
    day.begins = Begins::Supplicant;
    day
}
