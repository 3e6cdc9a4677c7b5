//! What people are told of an interface that iwd drives.

use std::time::Duration;

use super::bench::{
    Bench, MADE_UP, PERMANENT, at, card, home, network, policies, settings, stable,
};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn says(bench: &Bench, notice: &Notice) -> bool {
    bench.notices().contains(&notice)
}

#[test]
fn whoever_asks_for_another_mask_is_told_when_it_comes() {
    let mut bench = Bench::empty("stable-ssid", true);
    assert_eq!(bench.station.rotation(), Rotation::Never, "there is no iwd");
    bench.knows(home(), None);
    bench.appears(None);
    assert_eq!(bench.station.rotation(), Rotation::Soon);
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.station.rotation(), Rotation::AfterAssociation);
    bench.sets(MADE_UP);
    bench.iwd(StationPhase::Connected);
    assert_eq!(bench.state(), StateKind::Rejoining);
    assert_eq!(bench.station.rotation(), Rotation::AfterAssociation);
    bench.iwd(StationPhase::Disconnected);
    bench.pass(SECOND);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.station.rotation(), Rotation::AfterAssociation);
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    assert_eq!(bench.state(), StateKind::Refused);
    assert_eq!(bench.station.rotation(), Rotation::Never);
    let mut bench = Bench::empty("stable-ssid", false);
    bench.appears(None);
    assert_eq!(bench.station.rotation(), Rotation::Never);
}

#[test]
fn each_address_is_called_what_it_is_with_what_follows() {
    let told = |bench: &Bench| {
        let snapshot = bench.station.status();
        (snapshot.address_kind, snapshot.next_change)
    };
    for (live_change, at_rest, connected) in [
        (true, NextChange::IwdIdle, NextChange::AssociationEnds),
        (false, NextChange::IwdJoins, NextChange::IwdJoins),
    ] {
        let mut bench = Bench::empty("stable-ssid", live_change);
        assert_eq!(told(&bench), (AddressKind::Permanent, at_rest));
        bench.knows(home(), None);
        bench.appears(None);
        assert_eq!(told(&bench), (AddressKind::Mask, NextChange::NetworkJoined));
        bench.sets(MADE_UP);
        assert_eq!(told(&bench), (AddressKind::Other, at_rest));
        // Nobody is connected under it yet.
        bench.sets(stable(&home()));
        assert_eq!(told(&bench), (AddressKind::Other, at_rest));
        bench.iwd(StationPhase::Connecting);
        assert_eq!(told(&bench), (AddressKind::Assigned, connected));
        bench.iwd(StationPhase::Connected);
        assert_eq!(told(&bench), (AddressKind::Assigned, connected));
    }
}

#[test]
fn since_when_it_is_so_is_known() {
    let mut bench = Bench::new("stable-ssid");
    let start = bench.now;
    bench.pass(10 * SECOND);
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.iwd_scans(true);
    let snapshot = bench.station.status();
    assert_eq!(
        (snapshot.state, snapshot.state_since),
        (StateKind::Idle, start)
    );
    assert_eq!(snapshot.address_since, start, "nothing has changed");
    bench.iwd(StationPhase::Connecting);
    bench.pass(SECOND);
    bench.sets(stable(&home()));
    let snapshot = bench.station.status();
    assert_eq!(snapshot.state, StateKind::Associating);
    assert_eq!(snapshot.state_since, start + 10 * SECOND);
    assert_eq!(snapshot.address_since, start + 11 * SECOND);
    assert_eq!(snapshot.link, bench.link);
}

#[test]
fn trouble_is_named_with_the_time_of_the_next_attempt_and_only_while_it_lasts() {
    let mut bench = Bench::empty("stable-ssid", true);
    let absent = Problem::IwdAbsent;
    let snapshot = bench.station.status();
    assert_eq!(snapshot.problem, Some(absent.clone()));
    bench.knows(home(), None);
    bench.appears(None);
    bench.iwd_scans(false);
    let snapshot = bench.station.status();
    assert_eq!((snapshot.problem, snapshot.retry_at), (None, None));
    assert!(
        bench.station.poll_timeout().is_some(),
        "an alarm of another kind"
    );
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.starts_over();
    let snapshot = bench.station.status();
    let problem = IwdProblem::AddressUnused;
    let refused = Problem::Iwd {
        problem: problem.clone(),
    };
    assert_eq!(snapshot.problem, Some(refused));
    assert_eq!(snapshot.retry_at, Some(bench.now + 5 * SECOND));
    let failed = Notice::Failed {
        ssid: home().ssid,
        reason: FailReason::Iwd(problem),
        retry_ms: 5000,
    };
    assert!(says(&bench, &failed), "{:?}", bench.notices());
    bench.hear(IwdEvent::Vanished);
    let snapshot = bench.station.status();
    assert_eq!(snapshot.problem, Some(absent.clone()));
    assert_eq!(snapshot.retry_at, None);
    bench.appears(None);
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn trouble_is_over_when_another_network_is_joined() {
    let mut bench = Bench::new("stable-ssid");
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    bench.iwd(StationPhase::Disconnected);
    bench.iwd_at(StationPhase::Connecting, network("Work"));
    assert_eq!(bench.state(), StateKind::Associating);
    assert_eq!(bench.station.status().problem, None);
}

fn limitations(bench: &Bench) -> Vec<Limitation> {
    bench.station.status().limitations
}

#[test]
fn limitation_unmasked_names_its_reason() {
    let bench = Bench::new("stable-ssid");
    assert_eq!(limitations(&bench), []);
    let unmasked = |reason| [Limitation::UnmaskedWhileIdle { reason }];
    let mut bench = Bench::empty("stable-ssid", false);
    bench.appears(None);
    assert_eq!(limitations(&bench), unmasked(UnmaskedReason::NoLiveChanges));
    let mut bench = Bench::new("stable-ssid");
    let bounce = Settings {
        mask_method: MaskMethod::Bounce,
        ..settings()
    };
    let now = at(bench.now);
    bench
        .station
        .reconfigure(now, bounce, policies("stable-ssid"));
    assert_eq!(limitations(&bench), unmasked(UnmaskedReason::Bounce));
    // An iwd that uses no address is the only problem reported.
    let mut bench = Bench::empty("stable-ssid", false);
    bench.appears_with(Some("no AddressRandomization"), false);
    assert_eq!(limitations(&bench), []);
}

#[test]
fn limitation_iwd_scans_names_reason_and_address() {
    let main_conf = IwdScanReason::RandomizationDisabled;
    let hidden = IwdScanReason::HiddenNetwork;
    for (random_address, masked, reason) in [
        (true, true, main_conf),
        (true, false, main_conf),
        (false, true, hidden),
        (false, false, hidden),
    ] {
        let mut bench = Bench::empty_on(Card {
            random_address,
            ..card(masked)
        });
        bench.knows(home(), None);
        bench.files[0].hidden = true;
        bench.appears_with(None, false);
        let limitation = Limitation::IwdScansLeak { reason, masked };
        assert!(limitations(&bench).contains(&limitation));
    }
}

#[test]
fn scans_that_show_the_card_are_told_and_counted() {
    let mut bench = Bench::new("stable-ssid");
    bench.somebody_scans(true);
    assert_eq!(limitations(&bench), []);
    for (count, first) in [(1, true), (2, false), (3, false)] {
        bench.done.clear();
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.somebody_scans(false);
        let address = bench.link.address;
        assert!(says(&bench, &Notice::Unmasked { first, address }));
        let limitation = Limitation::AddressScanned { times: count };
        assert_eq!(limitations(&bench), [limitation]);
    }
    let counters = bench.station.status().counters;
    assert_eq!((counters.scans, counters.leaking_scans), (4, 3));
}

#[test]
fn what_keeps_iwd_from_using_addresses_is_told_whenever_it_is_another() {
    let mut bench = Bench::new("stable-ssid");
    for (obstacle, times) in [("one", 1), ("one", 0), ("two", 1)] {
        bench.done.clear();
        bench.appears(Some(obstacle));
        let told = says(&bench, &Notice::Limitation(obstacle.to_owned()));
        assert_eq!((bench.notices().len(), told), (times, times == 1));
    }
    // It is mended.
    bench.hear(IwdEvent::Vanished);
    bench.done.clear();
    bench.appears(None);
    assert_eq!(bench.station.status().problem, None);
    bench.connects_under(MADE_UP);
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn the_end_of_a_connection_is_told_with_whose_wish_it_was() {
    for (parting, reason) in [(true, EndReason::User), (false, EndReason::Lost)] {
        let mut bench = Bench::new("stable-ssid");
        bench.connects_under(stable(&home()));
        bench.done.clear();
        if parting {
            bench.iwd(StationPhase::Disconnecting);
        }
        bench.iwd(StationPhase::Disconnected);
        let lost = Notice::Lost {
            ssid: home().ssid,
            reason,
        };
        assert_eq!(bench.notices(), [&lost]);
    }
}

#[test]
fn masks_and_attempts_are_counted() {
    let mut bench = Bench::new("stable-ssid");
    let counters = bench.station.status().counters;
    assert_eq!((counters.masks, counters.associations), (1, 0));
    assert!(says(
        &bench,
        &Notice::Masked {
            address: bench.link.address
        }
    ));
    bench.iwd(StationPhase::Connecting);
    bench.iwd(StationPhase::Disconnected);
    let counters = bench.station.status().counters;
    assert_eq!(counters.failed_associations, 1);
    bench.iwd(StationPhase::Connecting);
    bench.shows(PERMANENT);
    let counters = bench.station.status().counters;
    assert_eq!(counters.failed_associations, 2);
    bench.starts_over();
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.connects_under(stable(&home()));
    let counters = bench.station.status().counters;
    assert_eq!(
        (counters.associations, counters.failed_associations),
        (2, 2)
    );
}

#[test]
fn every_state_has_its_name() {
    let mut bench = Bench::new("stable-ssid");
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.state(), StateKind::Releasing);
    bench.hear(IwdEvent::Released);
    assert_eq!(bench.state(), StateKind::Released);
    assert_eq!(bench.station.status().state, StateKind::Released);
    assert_eq!(bench.station.card(), &card(true));
    assert!(bench.did(&Action::Finish));
}
