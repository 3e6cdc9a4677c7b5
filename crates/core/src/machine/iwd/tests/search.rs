//! Details of the search for a lost network.

use std::time::Duration;

use super::bench::{Bench, home, network, stable};
use super::rest::{heard, is_scanned, lost_where_scans_show, scans};
use super::*;
use crate::types::Bss;

const SECOND: Duration = Duration::from_secs(1);

/// `Home` was found at this frequency, and is lost.
fn lost_on(frequency: u32) -> Bench {
    let mut bench = Bench::new("stable-ssid");
    bench.air = vec![Bss {
        frequency,
        ..heard("Home", 20)
    }];
    bench.connects_under(stable(&home()));
    bench.air.clear();
    bench.is_lost();
    bench.done.clear();
    bench
}

fn reads(bench: &mut Bench) -> usize {
    let done = std::mem::take(&mut bench.done).into_iter();
    done.filter(|action| *action == Action::GetScanResults)
        .count()
}

#[test]
fn first_search_starts_half_a_second_after_the_loss() {
    let mut bench = lost_on(2437);
    bench.pass(Duration::from_millis(370));
    assert_eq!(scans(&mut bench), 0, "iwd scans once automatically");
    bench.pass(Duration::from_millis(260));
    assert_eq!(scans(&mut bench), 1);
}

#[test]
fn running_scan_is_read_every_quarter_second() {
    let mut bench = lost_on(2437);
    bench.external_scan(true);
    assert_eq!(reads(&mut bench), 0);
    bench.pass(SECOND);
    assert_eq!(reads(&mut bench), 4);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 1, "all results");
    bench.pass(SECOND);
    assert!(reads(&mut bench) <= 1);
    bench.pass(SECOND);
    assert_eq!(reads(&mut bench), 0);
    // Without a search, results are not read.
    let mut bench = Bench::new("stable-ssid");
    bench.external_scan(true);
    bench.pass(SECOND);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 0);
    // Nor are they while iwd connects.
    let mut bench = lost_on(2437);
    bench.iwd(StationPhase::Connecting);
    bench.done.clear();
    bench.external_scan(true);
    bench.pass(SECOND);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 0);
}

/// Whether each scan of a search, by iwd or by another program, is aborted.
fn cut(bench: &mut Bench, by_iwd: bool) -> Vec<bool> {
    if by_iwd {
        bench.iwd_scans(true);
    }
    let mut cut = Vec::new();
    for _ in 0..3 {
        bench.done.clear();
        bench.external_scan(true);
        cut.push(bench.did(&Action::AbortScan));
        bench.tell(Event::Scan(ScanEvent::Ended));
    }
    if by_iwd {
        bench.iwd_scans(false);
    }
    cut
}

#[test]
fn only_the_second_part_of_an_iwd_search_is_cut() {
    for (frequency, by_iwd, second) in [
        (2412, true, true),
        (2437, true, true),
        (2462, true, true),
        (2417, true, false),
        (5180, true, false),
        (2437, false, false),
    ] {
        let mut bench = lost_on(frequency);
        bench.pass(SECOND);
        assert_eq!(scans(&mut bench), 1);
        assert_eq!(
            cut(&mut bench, by_iwd),
            [false, second, false],
            "{frequency} {by_iwd}"
        );
    }
}

#[test]
fn search_uses_the_last_known_channel() {
    let mut bench = lost_on(5180);
    bench.air = vec![
        Bss {
            frequency: 5180,
            ..heard("Home", 500)
        },
        heard("Home", 20),
        Bss {
            frequency: 5200,
            ..heard("Other", 10)
        },
    ];
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.pass(SECOND);
    assert_eq!(scans(&mut bench), 1);
    assert_eq!(cut(&mut bench, true), [false, true, false]);
}

#[test]
fn long_search_is_not_repeated_for_ten_seconds() {
    let mut bench = lost_on(5180);
    bench.pass(SECOND);
    assert_eq!(scans(&mut bench), 1);
    bench.iwd_scans(true);
    bench.pass(9 * SECOND);
    assert_eq!(scans(&mut bench), 0);
    bench.pass(2 * SECOND);
    assert_eq!(scans(&mut bench), 1, "the search hangs");
}

#[test]
fn events_without_a_change_do_not_delay_a_search() {
    let mut bench = lost_on(5180);
    let mut asked = 0;
    for _ in 0..10 {
        bench.pass(Duration::from_millis(100));
        bench.iwd_scans(false);
        asked += scans(&mut bench);
    }
    assert_eq!(asked, 1);
}

#[test]
fn found_network_is_joined_once_without_a_new_mask() {
    let mut bench = lost_on(2437);
    bench.iwd_scans(true);
    bench.external_scan(true);
    bench.iwd_scans(false);
    bench.pass(Duration::from_millis(260));
    bench.air = vec![heard("Home", 20)];
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(45));
    bench.tell(Event::Scan(ScanEvent::Results(bench.air.clone())));
    assert_eq!(bench.masks_put(), 0);
    assert_eq!(bench.asked(), [], "iwd has not read the results yet");
    bench.pass(Duration::from_millis(10));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.air.clear();
    bench.pass(9 * SECOND);
    assert_eq!(bench.asked(), [], "iwd can be slow");
    bench.pass(2 * SECOND);
    assert_eq!(scans(&mut bench), 1, "iwd does not join");
}

#[test]
fn network_that_iwd_joins_is_not_requested() {
    let mut bench = lost_on(2437);
    bench.air = vec![heard("Home", 20)];
    bench.external_scan(true);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.iwd(StationPhase::Connecting);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), []);
}

#[test]
fn only_results_of_this_scan_count() {
    for (ms_ago, is_there) in [(100, true), (110, true), (111, false)] {
        let mut bench = lost_on(2437);
        bench.pass(SECOND);
        bench.asked();
        bench.external_scan(true);
        bench.air = vec![heard("Home", ms_ago)];
        bench.pass(Duration::from_millis(100));
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.pass(Duration::from_millis(60));
        let asked = bench.asked();
        assert_eq!(!asked.is_empty(), is_there, "{ms_ago}: {asked:?}");
    }
}

#[test]
fn mask_is_set_before_scans_that_would_show_an_address() {
    let mut bench = lost_where_scans_show(true);
    bench.refuses_live = true;
    bench.pass(60 * SECOND);
    let masks = bench.masks_put();
    assert!((50..130).contains(&masks), "tried twice a second: {masks}");
    assert_eq!(scans(&mut bench), 0);
    bench.refuses_live = false;
    bench.pass(2 * SECOND);
    assert_ne!(bench.link.address, stable(&home()));
    assert_eq!((bench.masks_put(), scans(&mut bench)), (1, 1));
}

#[test]
fn mask_is_not_set_during_a_scan() {
    let mut bench = lost_where_scans_show(true);
    bench.pass(SECOND);
    bench.iwd_scans(true);
    bench.external_scan(false);
    bench.done.clear();
    bench.pass(60 * SECOND);
    assert_eq!((bench.masks_put(), scans(&mut bench)), (0, 0));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(SECOND);
    assert_eq!((bench.masks_put(), scans(&mut bench)), (1, 1));
}

#[test]
fn no_timeout_is_set_where_no_search_is_requested() {
    let mut bench = lost_where_scans_show(false);
    bench.pass(SECOND);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn search_continues_after_a_restart_of_the_station_only() {
    let mut bench = lost_on(5180);
    bench.starts_over();
    bench.pass(SECOND);
    assert_eq!(scans(&mut bench), 1);
    bench.hear(IwdEvent::Vanished);
    bench.appears(None);
    bench.pass(60 * SECOND);
    assert_eq!(scans(&mut bench), 0, "iwd starts with its own search");
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
}

#[test]
fn resume_without_a_loss_starts_no_search() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    bench.tell(Event::Command(Command::Resumed));
    bench.pass(60 * SECOND);
    assert_eq!(scans(&mut bench), 0);
}

#[test]
fn another_network_is_joined_only_without_the_lost_one() {
    let mut bench = Bench::new("stable-ssid");
    bench.knows(network("Work"), None);
    bench.tell_files();
    bench.connects_under(stable(&home()));
    bench.is_lost();
    bench.pass(10 * SECOND);
    bench.asked();
    bench.air = vec![heard("Work", 20), heard("Home", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), [Request::Connect(home())]);
}
