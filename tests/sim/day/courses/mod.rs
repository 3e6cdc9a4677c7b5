//! Plain days, on each of which every single thing can go wrong.

mod iwd;
mod wire;

pub use iwd::all as of_iwd;
pub use wire::all as of_ethernet;

use std::time::Duration;

use macveil_core::address::Policy;

use super::{Ask, Begins, Day, Hour, NAMES, Trouble};
use crate::promise::BY_HAND;
use crate::setup::{Second, Site};

/// The second access point of the first name.
const SECOND: usize = NAMES.len();

const fn after(seconds: u64, trouble: Trouble) -> Hour {
    let pause = Duration::from_secs(seconds);
    Hour { pause, trouble }
}

fn site(number: usize) -> Site {
    Site {
        name: NAMES[number],
        channel: [2437, 2412, 2462][number],
        ..Site::home()
    }
}

/// What the days are called, and the days.
pub fn all() -> Vec<(&'static str, Day)> {
    let others = of_iwd().into_iter().chain(of_ethernet());
    of_wpa_supplicant().into_iter().chain(others).collect()
}

/// Those with wpa_supplicant.
pub fn of_wpa_supplicant() -> Vec<(&'static str, Day)> {
    vec![
        ("outage", outage()),
        ("two networks", two_networks()),
        ("hidden network", hidden()),
        ("random address", random()),
        ("commands of the user", user_commands()),
        ("restarts", restarts()),
        ("scans while connected", scans_while_connected()),
        ("over a connection", over_a_connection()),
        ("adopted connection", adopted()),
        ("kernel ends associations", kernel_leaves()),
        ("random addresses of a link that flaps", flapping()),
        ("requests of the user", asked()),
        ("hotspots", hotspots()),
        ("a pair with OWE", owe()),
        ("out of reach", out_of_reach()),
        ("other programs connect", other_programs()),
        ("a stranger", stranger()),
        ("refused start", refused_start()),
        ("two access points", two_access_points(Second::Same)),
        (
            "two access points, two addresses",
            two_access_points(Second::Own),
        ),
    ]
}

fn outage() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::Goes(0, true)),
        after(12, Trouble::Returns(0)),
        after(6, Trouble::Goes(0, false)),
        after(8, Trouble::Returns(0)),
        after(6, Trouble::Kicks(0)),
        after(5, Trouble::Nothing),
    ];
    day
}

/// No program requested that, so the connection is back by itself.
pub fn kernel_leaves() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::KernelLeaves),
        after(5, Trouble::KernelLeaves),
        after(5, Trouble::Nothing),
    ];
    day
}

fn two_networks() -> Day {
    let mut day = Day::new(vec![
        Site {
            priority: 1,
            ..site(0)
        },
        site(1),
    ]);
    day.hours = vec![
        after(8, Trouble::Goes(0, true)),
        after(10, Trouble::Returns(0)),
        after(3, Trouble::Goes(1, false)),
        after(12, Trouble::UserSelects(1)),
        after(3, Trouble::Returns(1)),
        after(10, Trouble::Nothing),
    ];
    day
}

fn two_access_points(second: Second) -> Day {
    let mut day = Day::new(vec![Site {
        second: Some(second),
        ..site(0)
    }]);
    day.hours = vec![
        after(8, Trouble::Goes(SECOND, false)),
        // The kernel has forgotten it by then.
        after(45, Trouble::Steers(0)),
        after(10, Trouble::Returns(SECOND)),
        after(5, Trouble::Weakens(0)),
        after(15, Trouble::Goes(0, false)),
        after(15, Trouble::Returns(0)),
        after(2, Trouble::Weakens(SECOND)),
        after(60, Trouble::UserRoams(SECOND)),
        after(15, Trouble::Nothing),
    ];
    day
}

fn hidden() -> Day {
    let mut day = Day::new(vec![Site {
        hidden: true,
        ..site(0)
    }]);
    day.hours = vec![
        after(10, Trouble::Goes(0, false)),
        after(10, Trouble::Returns(0)),
        after(15, Trouble::Nothing),
    ];
    day
}

fn random() -> Day {
    let mut day = Day::new(vec![Site {
        policy: Policy::Random,
        ..site(0)
    }]);
    // The masking methods that the other days have not.
    day.driver.random_address = false;
    day.driver.live_change = true;
    day.hours = vec![
        after(8, Trouble::Kicks(0)),
        after(6, Trouble::Goes(0, true)),
        after(6, Trouble::Returns(0)),
        after(8, Trouble::Nothing),
    ];
    day
}

fn flapping() -> Day {
    let mut day = Day::new(vec![Site {
        policy: Policy::Random,
        ..site(0)
    }]);
    day.hours = vec![after(3, Trouble::Kicks(0)); 14];
    day
}

fn asked() -> Day {
    let mut day = Day::new(vec![site(0)]);
    let asks = [
        Ask::Scan,
        Ask::Rotate,
        Ask::Pause,
        Ask::Unpause,
        Ask::Rejoin,
    ];
    day.hours = asks.map(|ask| after(6, Trouble::Asked(ask))).into();
    day
}

fn user_commands() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.driver.random_address = false;
    day.hours = vec![
        after(8, Trouble::UserDisconnects),
        after(5, Trouble::UserReconnects),
        after(10, Trouble::UserDisconnects),
        after(5, Trouble::UserSelects(0)),
        after(10, Trouble::UserReconfigures),
        after(8, Trouble::Nothing),
    ];
    day
}

fn restarts() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::DaemonDies(Duration::from_secs(1))),
        after(5, Trouble::SupplicantDies),
        after(2, Trouble::SupplicantStarts),
        after(8, Trouble::Sleeps(Duration::from_secs(1_000))),
        after(8, Trouble::Nothing),
    ];
    day
}

fn scans_while_connected() -> Day {
    let mut day = Day::new(vec![
        site(0),
        Site {
            hidden: true,
            ..site(1)
        },
    ]);
    day.hours = vec![
        after(8, Trouble::Asks(0)),
        after(5, Trouble::Steers(0)),
        after(5, Trouble::UserScansWithIw),
        after(5, Trouble::UserScans),
        after(5, Trouble::Nothing),
    ];
    day
}

fn hotspots() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::UserStartsHotspot),
        after(5, Trouble::UserSelects(0)),
        after(8, Trouble::UserAddsHotspot),
        after(5, Trouble::UserSelects(0)),
        after(8, Trouble::Nothing),
    ];
    day
}

fn owe() -> Day {
    let mut day = Day::new(vec![Site {
        owe: true,
        ..site(0)
    }]);
    day.hours = vec![
        after(8, Trouble::Goes(0, true)),
        after(12, Trouble::Returns(0)),
        after(6, Trouble::Kicks(0)),
        after(6, Trouble::UserDisconnects),
        after(5, Trouble::UserReconnects),
        after(8, Trouble::Nothing),
    ];
    day
}

/// Its control socket is elsewhere, and later where macveil looks for it.
fn out_of_reach() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::SupplicantDies),
        after(2, Trouble::SupplicantStartsElsewhere),
        after(20, Trouble::LinkUp),
        after(5, Trouble::SupplicantDies),
        after(2, Trouble::SupplicantStarts),
        after(8, Trouble::Nothing),
    ];
    day
}

fn other_programs() -> Day {
    let mut day = Day::new(vec![
        site(0),
        Site {
            open: true,
            ..site(1)
        },
    ]);
    day.hours = vec![
        after(8, Trouble::UserDisconnects),
        after(3, Trouble::ConnectsWithIw(1)),
        after(3, Trouble::UserReconnects),
        after(8, Trouble::Goes(0, true)),
        after(1, Trouble::ConnectsWithIw(1)),
        after(3, Trouble::Returns(0)),
        after(8, Trouble::Nothing),
    ];
    day
}

fn stranger() -> Day {
    let mut day = Day::new(vec![
        site(0),
        Site {
            hidden: true,
            ..site(1)
        },
    ]);
    day.hours = vec![
        after(3, Trouble::StrangerImitates(0, false)),
        after(5, Trouble::StrangerInvents(true)),
        after(5, Trouble::Kicks(0)),
        after(8, Trouble::Goes(0, false)),
        after(30, Trouble::StrangerLeaves),
        after(8, Trouble::Nothing),
    ];
    day
}

fn refused_start() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.hours = vec![
        after(8, Trouble::StartRefused(Duration::from_secs(4))),
        after(10, Trouble::Goes(0, true)),
        after(1, Trouble::StartRefused(Duration::from_secs(4))),
        after(10, Trouble::Returns(0)),
        after(8, Trouble::Nothing),
    ];
    day
}

fn over_a_connection() -> Day {
    let mut day = Day::new(vec![site(0)]);
    day.begins = Begins::Supplicant;
    day.hours = vec![after(10, Trouble::Nothing)];
    day
}

fn adopted() -> Day {
    let mut day = Day::new(vec![Site {
        policy: Policy::Explicit(BY_HAND),
        ..site(0)
    }]);
    day.begins = Begins::Supplicant;
    day.hours = vec![
        after(3, Trouble::Goes(0, true)),
        after(5, Trouble::Returns(0)),
        after(6, Trouble::Nothing),
    ];
    day
}
