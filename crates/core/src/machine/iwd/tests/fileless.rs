//! Networks that iwd has no file of.

use std::time::Duration;

use super::again::is_refused_because;
use super::bench::{Bench, MADE_UP, PERMANENT, card, home, network, stable};
use super::*;
use crate::types::Mac;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn what_the_configuration_gives_a_network_without_a_file_is_right() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.connects_under(stable(&home()));
    bench.pass(60 * SECOND);
    assert_eq!(
        (bench.state(), bench.asked()),
        (StateKind::Associated, vec![])
    );
    // Chance has not made it for this network.
    let mut bench = Bench::empty("random", true);
    bench.appears(None);
    bench.connects_under(MADE_UP);
    bench.pass(6 * SECOND);
    assert!(is_refused_because(&bench, IwdProblem::NoFile));
}

#[test]
fn a_file_that_turns_up_with_the_address_in_use_is_all_that_was_wanted() {
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
fn an_address_that_gives_the_card_away_is_either_of_its_own() {
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
    // The mask is nobody's, either.
    let mut bench = Bench::empty("stable-ssid", true);
    bench.appears(None);
    bench.iwd(StationPhase::Connecting);
    bench.shows(bench.link.address);
    assert_eq!(bench.bounces, 1);
}
