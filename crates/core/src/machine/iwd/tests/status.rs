//! Status and notices of an interface that iwd manages.

use std::time::Duration;

use super::bench::{
    Bench, MADE_UP, PERMANENT, at, card, home, network, policies, settings, stable,
};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn reports(bench: &Bench, notice: &Notice) -> bool {
    bench.notices().contains(&notice)
}

#[test]
fn rotation_reports_when_the_mask_changes() {
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
fn status_names_the_address_kind_and_its_next_change() {
    let address = |bench: &Bench| {
        let snapshot = bench.station.status();
        (snapshot.address_kind, snapshot.next_change)
    };
    for (live_change, at_rest, connected) in [
        (true, NextChange::IwdIdle, NextChange::AssociationEnds),
        (false, NextChange::IwdJoins, NextChange::IwdJoins),
    ] {
        let mut bench = Bench::empty("stable-ssid", live_change);
        assert_eq!(address(&bench), (AddressKind::Permanent, at_rest));
        bench.knows(home(), None);
        bench.appears(None);
        assert_eq!(
            address(&bench),
            (AddressKind::Mask, NextChange::NetworkJoined)
        );
        bench.sets(MADE_UP);
        assert_eq!(address(&bench), (AddressKind::Other, at_rest));
        // No connection uses it yet.
        bench.sets(stable(&home()));
        assert_eq!(address(&bench), (AddressKind::Other, at_rest));
        bench.iwd(StationPhase::Connecting);
        assert_eq!(address(&bench), (AddressKind::Assigned, connected));
        bench.iwd(StationPhase::Connected);
        assert_eq!(address(&bench), (AddressKind::Assigned, connected));
    }
}

#[test]
fn status_has_the_times_of_state_and_address() {
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
fn problem_is_reported_with_retry_time_while_it_lasts() {
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
        "a timeout for another reason"
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
    assert!(reports(&bench, &failed), "{:?}", bench.notices());
    bench.hear(IwdEvent::Vanished);
    let snapshot = bench.station.status();
    assert_eq!(snapshot.problem, Some(absent.clone()));
    assert_eq!(snapshot.retry_at, None);
    bench.appears(None);
    assert_eq!(bench.station.status().problem, None);
}

#[test]
fn problem_ends_when_another_network_is_joined() {
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
fn scans_that_show_the_address_are_reported_and_counted() {
    let mut bench = Bench::new("stable-ssid");
    bench.external_scan(true);
    assert_eq!(limitations(&bench), []);
    for (count, first) in [(1, true), (2, false), (3, false)] {
        bench.done.clear();
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.external_scan(false);
        let address = bench.link.address;
        assert!(reports(&bench, &Notice::Unmasked { first, address }));
        let limitation = Limitation::AddressScanned { times: count };
        assert_eq!(limitations(&bench), [limitation]);
    }
    let counters = bench.station.status().counters;
    assert_eq!((counters.scans, counters.leaking_scans), (4, 3));
}

#[test]
fn obstacle_is_reported_when_it_changes() {
    let mut bench = Bench::new("stable-ssid");
    for (obstacle, times) in [("one", 1), ("one", 0), ("two", 1)] {
        bench.done.clear();
        bench.appears(Some(obstacle));
        let is_reported = reports(&bench, &Notice::Limitation(obstacle.to_owned()));
        assert_eq!((bench.notices().len(), is_reported), (times, times == 1));
    }
    // The obstacle is gone.
    bench.hear(IwdEvent::Vanished);
    bench.done.clear();
    bench.appears(None);
    assert_eq!(bench.station.status().problem, None);
    bench.connects_under(MADE_UP);
    assert_eq!(bench.state(), StateKind::Refused);
}

#[test]
fn end_of_a_connection_is_reported_with_its_reason() {
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
    assert!(reports(
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
fn release_states_have_their_names() {
    let mut bench = Bench::new("stable-ssid");
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.state(), StateKind::Releasing);
    bench.hear(IwdEvent::Released);
    assert_eq!(bench.state(), StateKind::Released);
    assert_eq!(bench.station.status().state, StateKind::Released);
    assert_eq!(bench.station.card(), &card(true));
    assert!(bench.did(&Action::Finish));
}
