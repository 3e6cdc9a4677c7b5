//! Networks for which iwd has no file.

use std::time::Duration;

use super::bench::{Bench, MADE_UP, PERMANENT, card, home, network, stable};
use super::rejoin::is_refused_because;
use super::*;
use crate::types::Mac;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn configured_address_is_right_for_a_network_without_file() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.connects_under(stable(&home()));
    bench.pass(60 * SECOND);
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Associated, vec![])
    );
    // The address was not generated for this network.
    let mut bench = Bench::empty("random", true);
    bench.appears(None);
    bench.connects_under(MADE_UP);
    bench.pass(6 * SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NoFile));
}

#[test]
fn new_file_with_the_address_in_use_needs_no_change() {
    let mut bench = Bench::empty("random", true);
    bench.appears(None);
    bench.connects_under(MADE_UP);
    bench.pass(SECOND);
    assert_eq!(bench.station.status().counters.associations, 0);
    bench.knows(network("Work"), None);
    bench.tell_files();
    assert_eq!(bench.station.status().counters.associations, 0);
    bench.knows(home(), Some(MADE_UP));
    bench.tell_files();
    assert_eq!(bench.station.status().counters.associations, 1);
    bench.tell_files();
    assert_eq!(bench.station.status().counters.associations, 1, "once");
    bench.pass(60 * SECOND);
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Associated, vec![])
    );
}

#[test]
fn address_that_iwd_makes_up_can_be_the_initial_one() {
    let mut bench = Bench::empty_on(Card {
        initial: MADE_UP,
        ..card(true)
    });
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.shows(MADE_UP);
    assert_eq!(bench.bounces, 1);
    bench.starts_over();
    bench.pass(6 * SECOND);
    bench.connects_under(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 1));
    // Never the permanent one, however often.
    let mut bench = Bench::empty_on(card(true));
    bench.appears(None);
    for times in 1..4 {
        bench.iwd(StationPhase::Connecting);
        bench.shows(PERMANENT);
        assert_eq!(bench.bounces, times);
        bench.starts_over();
        bench.pass(60 * SECOND);
    }
}

#[test]
fn permanent_and_initial_address_are_never_shown() {
    let initial = Mac([2, 0, 0, 0, 0, 0x11]);
    for own in [PERMANENT, initial] {
        let mut bench = Bench::empty_on(Card {
            initial,
            ..card(true)
        });
        bench.appears(None);
        bench.iwd(StationPhase::Connecting);
        bench.shows(own);
        assert_eq!(bench.bounces, 1, "{own}");
        let mut bench = Bench::empty_on(Card {
            initial,
            ..card(true)
        });
        bench.sets(own);
        bench.appears(None);
        assert_eq!(bench.masks_put(), 1, "{own}");
    }
    // The mask is not the address of a network, either.
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.shows(bench.link.address);
    assert_eq!(bench.bounces, 1);
}

/// The driver says that it took a mask, and keeps the address that this macveil found.
#[test]
fn address_that_was_found_is_not_made_up() {
    let found = Mac([2, 0, 0, 0, 0, 0x22]);
    for tries_mask in [false, true] {
        let mut bench = Bench::found("stable-ssid", found);
        bench.appears(None);
        bench.ignores = true;
        if tries_mask {
            bench.iwd_scans(true);
            bench.iwd_scans(false);
            bench.pass(SECOND);
        }
        bench.iwd(StationPhase::Connecting);
        bench.shows(found);
        assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    }
}

#[test]
fn address_that_was_found_can_be_made_up_again() {
    let mut bench = Bench::found("stable-ssid", MADE_UP);
    bench.appears(None);
    bench.sets(stable(&home()));
    bench.connects_under(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 0));
}

#[test]
fn address_kept_by_the_driver_is_not_made_up() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.sets(MADE_UP);
    bench.ignores = true;
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.shows(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
    // iwd returns to it from a mask.
    bench.ignores = false;
    bench.pass(SECOND);
    bench.starts_over();
    bench.pass(6 * SECOND);
    bench.connects_under(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associated, 2));
}

#[test]
fn address_made_up_for_a_network_is_its_own() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.refuses_live = true;
    bench.iwd(StationPhase::Connecting);
    bench.sets(MADE_UP);
    bench.shows(MADE_UP);
    // The attempt fails, and the kernel takes no mask.
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.iwd(StationPhase::Connecting);
    bench.shows(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Associating, 0));
    bench.iwd_at(StationPhase::Connecting, network("New"));
    bench.shows(MADE_UP);
    assert_eq!((bench.state(), bench.bounces), (StateKind::Refused, 1));
}
