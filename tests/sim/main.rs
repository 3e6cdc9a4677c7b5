//! macveil's state machines in a simulated world, where everything that can go wrong does, and every frame
//! is held against the promise.
#![allow(
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
    reason = "a test program: it may fail loudly"
)]

mod day;
mod promise;
mod setup;
mod stories;
mod world;

use std::time::{Duration, Instant};

use day::{Day, courses, shrink};
use macveil_core::address::Policy;
use promise::{Kind, What};
use world::{Backend, Fault, FaultAt, Sabotage};

/// How many steps are simulated unless `MACVEIL_SIM_STEPS` says otherwise.
const STEPS: u64 = 1_500_000;
/// Days that once went wrong.
const KEPT: &str = "tests/sim/days";

fn from_environment(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn plain_days_are_good() {
    for (name, day) in courses::all() {
        let outcome = day.play_aloud();
        assert!(outcome.is_good(), "{name}: {}", outcome.tell());
        let wrong = outcome.world.air.wrong_attempts;
        assert!(
            wrong == 0 || day.others_connect(),
            "{name}: {}",
            outcome.tell()
        );
        assert!(outcome.world.air.sent > 5, "{name}: {}", outcome.tell());
    }
}

#[test]
fn association_ended_by_the_kernel_is_made_again() {
    let outcome = courses::kernel_leaves().play_aloud();
    let associations =
        outcome.world.air.frames.iter().filter(
            |frame| matches!(&frame.what, What::To { kind, .. } if *kind == Kind::Association),
        );
    assert_eq!(associations.count(), 3, "{}", outcome.tell());
}

#[test]
fn plain_days_with_any_driver_are_good() {
    for (_, day) in courses::all() {
        for quirk in day.quirks() {
            let mut day = day.clone();
            day.driver.quirk = *quirk;
            day.expect_good();
        }
    }
}

/// That macveil ends them would hide whether it also switches them off.
#[test]
fn connected_supplicant_makes_no_background_scan() {
    let mut world = setup::world(1, setup::driver(world::Quirk::None), &[setup::Site::home()]);
    for network in &mut world.supplicant.networks {
        network.bgscan = true;
    }
    world.supplicant_starts();
    world.pass(Duration::from_secs(30));
    assert!(world.background_scans > 0);
    world.start_daemon();
    world.pass(Duration::from_secs(10));
    world.background_scans = 0;
    world.pass(Duration::from_secs(60));
    assert!(world.is_connected_to("home"));
    assert_eq!(world.background_scans, 0);
}

/// Every action fails in every way, one at a time.
fn one_thing_goes_wrong(days: Vec<(&'static str, Day)>) {
    for (name, plain) in days {
        let actions = plain.play().world.daemon.actions;
        // A wire under its permanent address has nothing to be done with.
        assert!(
            actions > 0 || plain.sites[0].policy == Policy::Permanent,
            "{name}"
        );
        for action in 0..actions {
            for fault in Fault::every() {
                let mut day = plain.clone();
                day.faults.push(FaultAt { action, fault });
                day.expect_good();
            }
        }
    }
}

#[test]
fn days_on_which_one_thing_goes_wrong_are_good() {
    one_thing_goes_wrong(courses::of_wpa_supplicant());
}

#[test]
fn days_with_iwd_on_which_one_thing_goes_wrong_are_good() {
    one_thing_goes_wrong(courses::of_iwd());
}

#[test]
fn wired_days_on_which_one_thing_goes_wrong_are_good() {
    one_thing_goes_wrong(courses::of_ethernet());
}

/// `MACVEIL_SIM_SEED` begins elsewhere; a day that fails is told as short as it can be. Each machine has a
/// third of the steps.
fn bad_days(backend: Backend) {
    let begin = Instant::now();
    let steps = from_environment("MACVEIL_SIM_STEPS", STEPS) / 3;
    let first = from_environment("MACVEIL_SIM_SEED", 0);
    let mut done = 0;
    let mut seed = first;
    while done < steps {
        let day = Day::random(backend, seed);
        let outcome = day.play();
        if !outcome.is_good() {
            println!("seed {seed}");
            day.expect_good();
        }
        done += outcome.world.steps;
        seed += 1;
    }
    let days = seed - first;
    let rate = days as f64 / begin.elapsed().as_secs_f64();
    println!(
        "{backend:?}: {days} days, {done} steps, {rate:.0} days a second; no promise was broken"
    );
}

#[test]
fn bad_days_are_good_days() {
    bad_days(Backend::Wpa);
}

#[test]
fn bad_days_with_iwd_are_good_days() {
    bad_days(Backend::Iwd);
}

#[test]
fn bad_days_of_an_ethernet_interface_are_good_days() {
    bad_days(Backend::Ethernet);
}

/// Those that are kept, and the one that `MACVEIL_SIM_DAY` names.
#[test]
fn replay() {
    let files = std::fs::read_dir(KEPT).expect("the days that are kept");
    let kept = files.map(|file| file.expect("a file").path());
    let named = std::env::var("MACVEIL_SIM_DAY").map(Into::into);
    for path in kept.chain(named.clone()) {
        let text = std::fs::read_to_string(&path).expect("a text");
        let day: Day = text.parse().expect("a day");
        let outcome = day.play_aloud();
        if named.as_ref() == Ok(&path) {
            println!("{}", outcome.tell());
        }
        assert!(outcome.is_good(), "{}\n{}", path.display(), outcome.tell());
    }
}

#[test]
fn a_day_is_the_same_after_it_was_told() {
    let all = [Backend::Wpa, Backend::Iwd, Backend::Ethernet];
    let seeds = all
        .into_iter()
        .flat_map(|it| (0..300).map(move |seed| Day::random(it, seed)));
    let plain = courses::all().into_iter().map(|(_, day)| day);
    for day in seeds.chain(plain) {
        assert_eq!(day.to_string().parse(), Ok(day));
    }
}

/// A shell that breaks one rule is found out, and the day that shows it is short.
#[test]
fn what_goes_wrong_is_told_by_a_short_day() {
    for (backend, sabotage, longest) in [
        (Backend::Wpa, Sabotage::NoNewMask, 3),
        (Backend::Wpa, Sabotage::NeverQuiet, 3),
        (Backend::Wpa, Sabotage::NoSourceGuard, 1),
        (Backend::Iwd, Sabotage::NeverCuts, 5),
        (Backend::Iwd, Sabotage::NoAbort, 2),
        (Backend::Iwd, Sabotage::NoSourceGuard, 3),
        (Backend::Ethernet, Sabotage::NoAddress, 2),
        (Backend::Ethernet, Sabotage::NoSourceGuard, 3),
    ] {
        let fails = |day: &Day| {
            let outcome = day.play_with(false, Some(sabotage));
            !outcome.world.air.broken.is_empty()
        };
        let long = (0..400).map(|seed| Day::random(backend, seed));
        let mut long = long.filter(|day| day.hours.len() > 8 && !day.faults.is_empty());
        let day = long
            .find(|day| fails(day))
            .unwrap_or_else(|| panic!("{backend:?} {sabotage:?}"));
        let shortest = shrink::shrink(&day, fails);
        assert!(fails(&shortest));
        assert!(shortest.faults.is_empty(), "{sabotage:?}:\n{shortest}");
        assert!(shortest.hours.len() <= longest, "{sabotage:?}:\n{shortest}");
    }
}
