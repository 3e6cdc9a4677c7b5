//! The search for a network that was lost, in detail.

use std::time::Duration;

use super::bench::{Bench, home, network, stable};
use super::rest::{heard, is_scanned, lost_where_scans_show, scans};
use super::*;
use crate::types::Bss;

const SECOND: Duration = Duration::from_secs(1);

/// `Home` was heard on this channel, and is lost.
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
fn the_first_search_is_half_a_second_after_the_loss() {
    let mut bench = lost_on(2437);
    bench.pass(Duration::from_millis(370));
    assert_eq!(scans(&mut bench), 0, "iwd looks once by itself");
    bench.pass(Duration::from_millis(260));
    assert_eq!(scans(&mut bench), 1);
}

#[test]
fn a_scan_is_listened_to_every_quarter_of_a_second_while_it_lasts() {
    let mut bench = lost_on(2437);
    bench.somebody_scans(true);
    assert_eq!(reads(&mut bench), 0);
    bench.pass(SECOND);
    assert_eq!(reads(&mut bench), 4);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 1, "all of it");
    bench.pass(SECOND);
    assert!(reads(&mut bench) <= 1);
    bench.pass(SECOND);
    assert_eq!(reads(&mut bench), 0);
    // While nothing is looked for, nobody listens.
    let mut bench = Bench::new("stable-ssid");
    bench.somebody_scans(true);
    bench.pass(SECOND);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 0);
    // Nor while something is joined.
    let mut bench = lost_on(2437);
    bench.iwd(StationPhase::Connecting);
    bench.done.clear();
    bench.somebody_scans(true);
    bench.pass(SECOND);
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(reads(&mut bench), 0);
}

/// What becomes of each of a search's scans, iwd's or somebody else's.
fn cut(bench: &mut Bench, by_iwd: bool) -> Vec<bool> {
    if by_iwd {
        bench.iwd_scans(true);
    }
    let mut cut = Vec::new();
    for _ in 0..3 {
        bench.done.clear();
        bench.somebody_scans(true);
        cut.push(bench.did(&Action::AbortScan));
        bench.tell(Event::Scan(ScanEvent::Ended));
    }
    if by_iwd {
        bench.iwd_scans(false);
    }
    cut
}

#[test]
fn only_the_second_part_of_iwds_search_is_cut_and_only_for_a_usual_channel() {
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
fn the_channel_is_the_one_that_was_heard_last() {
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
fn a_search_that_lasts_is_let_be_for_ten_seconds() {
    let mut bench = lost_on(5180);
    bench.pass(SECOND);
    assert_eq!(scans(&mut bench), 1);
    bench.iwd_scans(true);
    bench.pass(9 * SECOND);
    assert_eq!(scans(&mut bench), 0);
    bench.pass(2 * SECOND);
    assert_eq!(scans(&mut bench), 1, "it hangs");
}

#[test]
fn news_that_nothing_has_changed_do_not_put_off_a_search() {
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
fn what_was_heard_is_joined_once_and_not_under_a_new_mask() {
    let mut bench = lost_on(2437);
    bench.iwd_scans(true);
    bench.somebody_scans(true);
    bench.iwd_scans(false);
    bench.pass(Duration::from_millis(260));
    bench.air = vec![heard("Home", 20)];
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(Duration::from_millis(45));
    bench.tell(Event::Scan(ScanEvent::Results(bench.air.clone())));
    assert_eq!(bench.masks_put(), 0);
    assert_eq!(bench.asked(), [], "iwd has not read it yet");
    bench.pass(Duration::from_millis(10));
    assert_eq!(bench.asked(), [Request::Connect(home())]);
    bench.air.clear();
    bench.pass(9 * SECOND);
    assert_eq!(bench.asked(), [], "iwd may be slow");
    bench.pass(2 * SECOND);
    assert_eq!(scans(&mut bench), 1, "it does not join");
}

#[test]
fn what_iwd_joins_by_itself_is_not_asked_for() {
    let mut bench = lost_on(2437);
    bench.air = vec![heard("Home", 20)];
    bench.somebody_scans(true);
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.iwd(StationPhase::Connecting);
    bench.pass(SECOND);
    assert_eq!(bench.asked(), []);
}

#[test]
fn only_what_this_scan_has_heard_is_there() {
    for (ms_ago, is_there) in [(100, true), (110, true), (111, false)] {
        let mut bench = lost_on(2437);
        bench.pass(SECOND);
        bench.asked();
        bench.somebody_scans(true);
        bench.air = vec![heard("Home", ms_ago)];
        bench.pass(Duration::from_millis(100));
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.pass(Duration::from_millis(60));
        let asked = bench.asked();
        assert_eq!(!asked.is_empty(), is_there, "{ms_ago}: {asked:?}");
    }
}

#[test]
fn while_iwds_scans_would_show_an_address_the_mask_comes_first() {
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
fn no_mask_is_put_on_while_somebody_scans() {
    let mut bench = lost_where_scans_show(true);
    bench.pass(SECOND);
    bench.iwd_scans(true);
    bench.somebody_scans(false);
    bench.done.clear();
    bench.pass(60 * SECOND);
    assert_eq!((bench.masks_put(), scans(&mut bench)), (0, 0));
    bench.tell(Event::Scan(ScanEvent::Ended));
    bench.pass(SECOND);
    assert_eq!((bench.masks_put(), scans(&mut bench)), (1, 1));
}

#[test]
fn where_iwd_is_not_asked_to_look_nothing_is_waited_for() {
    let mut bench = lost_where_scans_show(false);
    bench.pass(SECOND);
    assert_eq!(bench.station.poll_timeout(), None);
}

#[test]
fn a_loss_is_looked_for_after_a_restart_of_the_station_and_not_after_one_of_iwd() {
    let mut bench = lost_on(5180);
    bench.starts_over();
    bench.pass(SECOND);
    assert_eq!(scans(&mut bench), 1);
    bench.hear(IwdEvent::Vanished);
    bench.appears(None);
    bench.pass(60 * SECOND);
    assert_eq!(scans(&mut bench), 0, "it begins with a search of its own");
    bench.air = vec![heard("Home", 20)];
    is_scanned(&mut bench);
    assert_eq!(bench.asked(), []);
}

#[test]
fn after_a_sleep_only_what_was_lost_is_looked_for() {
    let mut bench = Bench::new("stable-ssid");
    bench.pass(SECOND);
    bench.tell(Event::Command(Command::Resumed));
    bench.pass(60 * SECOND);
    assert_eq!(scans(&mut bench), 0);
}

#[test]
fn another_network_is_only_joined_when_the_lost_one_is_not_there() {
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
