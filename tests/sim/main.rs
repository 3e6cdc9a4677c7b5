//! macveil's supervisor in a simulated world, where everything that can go wrong does, and every frame
//! is held against the promise.
#![allow(
    dead_code,
    unused_imports,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test program, with modules it shares with the lab: it may fail loudly"
)]

#[path = "../lab/air/mod.rs"]
mod air;
#[path = "../lab/briefing.rs"]
mod briefing;
#[path = "../lab/host/verdict/checks.rs"]
mod checks;
#[path = "../lab/configuration.rs"]
mod configuration;
#[path = "../lab/digest.rs"]
mod digest;
#[path = "../judge/encode.rs"]
mod encode;
#[path = "../lab/host/verdict/evidence.rs"]
mod evidence;
#[path = "../lab/judge/mod.rs"]
mod judge;
mod promise;
#[path = "../lab/record.rs"]
mod record;
#[path = "../scenarios/mod.rs"]
mod scenarios;
mod setup;
mod soak;
mod stories;
#[path = "../lab/host/verdict/weigh.rs"]
mod weigh;
mod world;

use std::time::{Duration, Instant};

use setup::{Site, driver, world};
use soak::Day;
use world::{Fault, FaultAt, Quirk, World};

/// How many steps are simulated unless `MACVEIL_SIM_STEPS` says otherwise.
const STEPS: u64 = 1_000_000;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn from_environment(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// What happened, and what must not have.
fn tell(world: &World) -> String {
    let frames: Vec<_> = world.air.frames.iter().map(ToString::to_string).collect();
    let log = world.daemon.log.join("\n");
    format!(
        "{log}\n\nframes:\n{}\n\n{:#?}",
        frames.join("\n"),
        world.air.broken
    )
}

/// A day with one outage, and one thing that goes wrong.
fn ordinary_day(quirk: Quirk, fault: Option<FaultAt>, keep: bool) -> Day {
    let mut world = world(1, driver(quirk), &[Site::home()]);
    world.air.keep_all = keep;
    world.daemon.keep_log = keep;
    world.daemon.faults.extend(fault);
    world.start_daemon();
    world.wait(seconds(60), |it| it.daemon.state() == Some("waiting"));
    world.supplicant_starts();
    world.wait(seconds(60), |it| it.is_connected_to("home"));
    world.access_point_goes(0, true);
    world.pass(seconds(40));
    world.access_point_returns(0);
    world.wait(seconds(60), |it| it.is_connected_to("home"));
    world.access_point_kicks(0);
    world.pass(seconds(5));
    world.kernel.driver.quirk = Quirk::None;
    let connected = world.wait(seconds(700), |it| it.is_connected_to("home"));
    Day { world, connected }
}

#[test]
fn an_ordinary_day_is_good() {
    let day = ordinary_day(Quirk::None, None, true);
    assert!(day.is_good(), "{}", tell(&day.world));
    assert!(day.world.air.sent > 20, "{}", tell(&day.world));
}

#[test]
fn a_day_with_any_driver_is_good() {
    for quirk in soak::QUIRKS {
        let day = ordinary_day(quirk, None, true);
        assert!(day.is_good(), "{quirk:?}: {}", tell(&day.world));
    }
}

/// Every action fails in every way, one at a time.
#[test]
fn a_day_on_which_one_thing_goes_wrong_is_good() {
    let actions = ordinary_day(Quirk::None, None, false).world.daemon.actions;
    assert!(actions > 40, "{actions}");
    let span = seconds(3);
    let faults = [
        Fault::Refused(16),
        Fault::Refused(132),
        Fault::Refused(5),
        Fault::DoneButRefused,
        Fault::Slow(span),
        Fault::DiesBefore(span),
        Fault::DiesAfter(span),
        Fault::ThenDeaf(span),
    ];
    for action in 0..actions {
        for fault in faults {
            let fault = FaultAt { action, fault };
            if !ordinary_day(Quirk::None, Some(fault), false).is_good() {
                let day = ordinary_day(Quirk::None, Some(fault), true);
                panic!(
                    "{fault:?}, connected: {}\n{}",
                    day.connected,
                    tell(&day.world)
                );
            }
        }
    }
}

/// `MACVEIL_SIM_SEED` begins elsewhere; a seed that fails is told from its beginning to its end.
#[test]
fn bad_days_are_good_days() {
    let begin = Instant::now();
    let steps = from_environment("MACVEIL_SIM_STEPS", STEPS);
    let first = from_environment("MACVEIL_SIM_SEED", 0);
    let mut done = 0;
    let mut seed = first;
    while done < steps {
        let day = soak::play(seed, false);
        if !day.is_good() {
            let day = soak::play(seed, true);
            panic!(
                "seed {seed}, connected: {}\n{}",
                day.connected,
                tell(&day.world)
            );
        }
        done += day.world.steps;
        seed += 1;
    }
    let days = seed - first;
    let rate = days as f64 / begin.elapsed().as_secs_f64();
    println!("{days} days, {done} steps, {rate:.0} days a second; no promise was broken");
}
