//! Addresses that are written to iwd's files.

use std::time::Duration;

use super::bench::{Bench, PERMANENT, at, home, network, policies, settings, stable};
use super::*;
use crate::address::Record;
use crate::types::Mac;

pub(super) fn writes(bench: &Bench) -> Vec<(String, Mac)> {
    let writes = bench.done.iter().filter_map(|action| match action {
        Action::Request(Request::Write { network, address }) => {
            Some((network.ssid.to_string(), *address))
        }
        _ => None,
    });
    writes.collect()
}

#[test]
fn known_networks_get_their_addresses_at_once() {
    let mut bench = Bench::empty("stable-ssid", true);
    let work = network("Work");
    bench.knows(home(), None);
    bench.knows(work.clone(), Some(stable(&work)));
    bench.appears(None);
    assert_eq!(writes(&bench), [("Home".to_owned(), stable(&home()))]);
    bench.done.clear();
    bench.tell_files();
    assert_eq!(writes(&bench), []);
    // Another program edits the file.
    bench.files[1].address = Some(PERMANENT);
    bench.tell_files();
    assert_eq!(writes(&bench), [("Work".to_owned(), stable(&work))]);
}

#[test]
fn policies_determine_the_address_in_the_file() {
    for (policy, address) in [
        ("permanent", PERMANENT),
        ("stable-ssid", stable(&home())),
        ("02:11:22:33:44:55", Mac([2, 0x11, 0x22, 0x33, 0x44, 0x55])),
    ] {
        let mut bench = Bench::new(policy);
        assert_eq!(bench.filed(), address, "{policy}");
        bench.connects_under(address);
        assert_eq!(bench.state(), StateKind::Associated);
        assert_eq!(bench.asked(), [], "{policy}");
    }
}

#[test]
fn new_settings_are_written_without_disconnecting() {
    let mut bench = Bench::new("stable-ssid");
    bench.connects_under(stable(&home()));
    bench.asked();
    bench
        .station
        .reconfigure(at(bench.now), settings(), policies("permanent"));
    bench.tell_files();
    assert_eq!(bench.filed(), PERMANENT);
    assert_eq!(bench.asked(), []);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.is_lost();
    bench.connects_under(PERMANENT);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn random_address_is_used_for_one_association() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.tell_files();
    assert_eq!(bench.filed(), first, "the address was not used yet");
    bench.connects_under(first);
    bench.tell_files();
    assert_eq!(bench.filed(), first, "the address is in use");
    bench.is_lost();
    let second = bench.filed();
    assert_ne!(second, first);
    // iwd reports before its files are read.
    bench.connects_under(first);
    assert_eq!(bench.state(), StateKind::Associated);
    bench.is_lost();
    bench.connects_under(second);
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn random_address_that_a_scan_has_shown_is_drawn_again() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    // iwd ended while it connected.
    bench.sets(first);
    bench.external_scan(true);
    assert_eq!(bench.filed(), first, "the scan had another address");
    bench.external_scan(false);
    let second = bench.filed();
    assert_ne!(second, first);
    // The scan can have been among lost events.
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.sets(second);
    bench.tell(Event::Overrun);
    let third = bench.filed();
    assert_ne!(third, second);
    // A scan can be heard of before its address.
    bench.external_scan(false);
    bench.sets(third);
    assert_ne!(bench.filed(), third);
}

#[test]
fn random_address_scanned_in_a_failed_attempt_is_drawn_again() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    bench.iwd(StationPhase::Connecting);
    bench.sets(first);
    bench.external_scan(false);
    assert_eq!(bench.filed(), first, "the attempt goes on");
    bench.iwd(StationPhase::Disconnected);
    assert_ne!(bench.filed(), first);
}

#[test]
fn random_addresses_that_a_network_has_seen_are_limited() {
    let mut bench = Bench::new("random");
    let mut seen = Vec::new();
    for _ in 0..10 {
        let address = bench.filed();
        bench.iwd(StationPhase::Connecting);
        bench.sets(address);
        bench.shows(address);
        bench.iwd(StationPhase::Disconnected);
        bench.external_scan(false);
        if !seen.contains(&address) {
            seen.push(address);
        }
    }
    assert_eq!(seen.len(), 4);
}

#[test]
fn random_address_found_at_rest_is_drawn_again() {
    let found = Mac([2, 0, 0, 0, 0, 0x22]);
    for connected in [false, true] {
        let mut bench = Bench::found("random", found);
        bench.knows(home(), Some(found));
        if connected {
            bench.iwd(StationPhase::Connected);
        }
        bench.appears(None);
        assert_eq!(bench.filed() == found, connected);
    }
}

#[test]
fn random_address_scanned_before_iwd_is_met_is_drawn_again() {
    let found = Mac([2, 0, 0, 0, 0, 0x22]);
    for scanned in [false, true] {
        let mut bench = Bench::found("random", found);
        bench.knows(home(), Some(found));
        if scanned {
            bench.external_scan(false);
        }
        bench.sets(PERMANENT);
        bench.appears(None);
        assert_eq!(bench.filed() == found, !scanned);
    }
}

#[test]
fn random_address_is_kept_when_macveil_restarts() {
    let mut bench = Bench::new("random");
    let first = bench.filed();
    let mut again = Bench::empty("random", true);
    again.knows(home(), Some(first));
    again.appears(None);
    assert_eq!(again.filed(), first);
    bench.done.clear();
    assert_eq!(writes(&again), []);
}

#[test]
fn renewed_address_is_written_at_once() {
    let mut bench = Bench::new("stable-ssid");
    let before = bench.filed();
    let record = Record {
        generation: 1,
        ..Record::default()
    };
    let ssid = home().ssid;
    bench.tell(Event::Renewed { ssid, record });
    assert_ne!(bench.filed(), before);
}

#[test]
fn unwritable_file_keeps_iwd_from_the_network() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.read_only = true;
    bench.knows(home(), None);
    bench.appears(None);
    let limitations = bench.station.status().limitations;
    let [Limitation::NoAddress { reason }] = &limitations[..] else {
        panic!("{limitations:?}");
    };
    assert!(reason.contains("read-only"), "{reason}");
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.bounces, 1);
    assert_eq!(bench.state(), StateKind::Refused);
    bench.starts_over();
    assert_eq!(bench.asked(), [Request::Disconnect]);
    // The file system is writable again, and iwd reports its files.
    bench.read_only = false;
    bench.tell_files();
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn unreadable_directory_keeps_iwd_from_every_network() {
    let mut bench = Bench::new("stable-ssid");
    bench.done.clear();
    for _ in 0..2 {
        bench.hear(IwdEvent::Unreadable {
            why: "gone".to_owned(),
        });
    }
    let told = |it: &Notice| matches!(it, Notice::Limitation(why) if why == "gone");
    assert_eq!(bench.notices().into_iter().filter(|it| told(it)).count(), 1);
    assert_eq!(bench.asked(), [Request::Disconnect]);
    let status = bench.station.status();
    let reason = "gone".to_owned();
    let problem = IwdProblem::NoAddress { reason };
    assert_eq!(status.problem, Some(Problem::Iwd { problem }));
    assert_eq!(status.state, StateKind::Refused);
    // The user wants it all the same.
    bench.iwd(StationPhase::Connecting);
    assert_eq!(bench.state(), StateKind::Refused);
    bench.starts_over();
    // Another directory with the same networks.
    bench.files[0].address = None;
    bench.tell_files();
    assert_eq!(bench.filed(), stable(&home()));
    bench.pass(Duration::from_secs(10));
    bench.connects_under(stable(&home()));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn iwd_starts_over_once_its_directory_is_readable() {
    let mut bench = Bench::new("stable-ssid");
    bench.hear(IwdEvent::Unreadable {
        why: "gone".to_owned(),
    });
    assert_eq!(bench.bounces, 0);
    bench.tell_files();
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.bounces, 1);
}

#[test]
fn network_forgotten_by_iwd_is_forgotten() {
    let mut bench = Bench::new("stable-ssid");
    bench.files.clear();
    bench.tell_files();
    bench.done.clear();
    bench.pass(Duration::from_secs(3600));
    assert_eq!(writes(&bench), []);
    bench.hear(IwdEvent::Written {
        network: home(),
        result: Ok(()),
    });
    assert_eq!(bench.state(), StateKind::Idle);
}

#[test]
fn slow_write_of_a_file_is_not_repeated() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.writes_late = true;
    bench.knows(home(), None);
    bench.appears(None);
    assert_eq!(writes(&bench).len(), 1);
    bench.tell_files();
    assert_eq!(writes(&bench).len(), 1, "the write is not finished");
    bench.writes_files();
    assert_eq!(bench.filed(), stable(&home()));
    // Another program edits the file.
    bench.files[0].address = Some(PERMANENT);
    bench.tell_files();
    assert_eq!(writes(&bench).len(), 2);
    // A result that is lost with iwd is not awaited.
    bench.hear(IwdEvent::Vanished);
    bench.appears(None);
    assert_eq!(writes(&bench).len(), 3);
}

#[test]
fn files_are_not_written_while_iwd_has_no_station() {
    let mut bench = Bench::new("stable-ssid");
    bench.hear(IwdEvent::Station(None));
    bench.done.clear();
    bench.files[0].address = Some(PERMANENT);
    bench.tell_files();
    assert_eq!(
        writes(&bench),
        [],
        "macveil of another interface can write it"
    );
    bench.starts_over();
    assert_eq!(writes(&bench), [("Home".to_owned(), stable(&home()))]);
}

#[test]
fn unreadable_file_is_not_written() {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(home(), None);
    bench.files[0].problem = Some("not valid UTF-8".to_owned());
    bench.appears(None);
    assert_eq!(writes(&bench), []);
}
