//! Another program sets the address, or brings the link up, each time that macveil masks the card.

use super::*;

const TWENTY_MS: Duration = Duration::from_millis(20);

fn reports_conflict(action: &Action) -> bool {
    matches!(
        action,
        Action::Notify(Notice::Blocked {
            problem: Problem::Conflict,
            ..
        })
    )
}

impl Bench {
    fn other_program_cycles_link(&mut self) {
        self.link_changes(|link| link.up = false);
        self.link_changes(|link| link.address = OTHER_ADDRESS);
        self.link_changes(|link| link.up = true);
    }

    fn repeat_conflict(&mut self, pause: Duration, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.other_program_cycles_link();
            self.pass(pause);
        }
    }
}

#[test]
fn conflict_blocks_the_card_with_increasing_delay() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.done.clear();
    bench.repeat_conflict(TWENTY_MS, Duration::from_millis(200));
    assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
    assert_eq!(bench.machine.status().problem, Some(Problem::Conflict));
    // Each change is masked while the link is down and again as it comes up; after the sixth it stays down.
    assert_eq!(bench.count(sets_address), 5 * 2 + 1);
    let mut tries = Vec::new();
    let mut begin = bench.now;
    while tries.len() < 10 {
        let deadline = bench.machine.status().retry_at.unwrap();
        let before = bench.count(sets_address);
        bench.repeat_conflict(TWENTY_MS, deadline.saturating_sub(bench.now));
        bench.repeat_conflict(TWENTY_MS, TWENTY_MS * 2);
        assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
        assert!(bench.count(sets_address) <= before + 4, "{tries:?}");
        tries.push(bench.now.saturating_sub(begin).as_secs());
        begin = bench.now;
    }
    assert_eq!(tries, [0, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    assert!(bench.count(is_scan) < 30);
    assert_eq!(bench.count(reports_conflict), 1);
    let reports = bench.count(|action| matches!(action, Action::Notify(Notice::Blocked { .. })));
    assert!(reports <= 2, "{reports}");
}

#[test]
fn card_is_masked_again_after_the_conflict_ends() {
    let mut bench = Bench::scanning(|_, _| {});
    for conflicts in 1..3 {
        bench.repeat_conflict(TWENTY_MS, Duration::from_secs(2));
        assert_eq!(
            (bench.state(), bench.count(reports_conflict)),
            (StateKind::Blocked, conflicts)
        );
        bench.pass(Duration::from_secs(20));
        assert!(bench.is_masked() && bench.link.up);
        assert_eq!(bench.state(), StateKind::Scanning);
    }
}

#[test]
fn conflict_at_each_retry_increases_the_delay() {
    let mut bench = Bench::scanning(|_, _| {});
    for _ in 0..6 {
        bench.other_program_cycles_link();
    }
    for pause in [1, 2, 4, 8, 16, 32] {
        let pause = Duration::from_secs(pause);
        assert_eq!(bench.machine.status().retry_at, Some(bench.now + pause));
        bench.pass(pause);
        assert!(bench.is_masked() && bench.link.up);
        bench.other_program_changes_address();
    }
    assert_eq!(bench.count(reports_conflict), 1);
}

#[test]
fn conflict_during_connections_is_reported() {
    let mut bench = Bench::connected();
    bench.connects = true;
    bench.repeat_conflict(Duration::from_secs(3), Duration::from_secs(30));
    assert_eq!(bench.count(reports_conflict), 1);
}

#[test]
fn occasional_external_addresses_are_masked_at_once() {
    let mut bench = Bench::scanning(|_, _| {});
    for _ in 0..4 {
        for _ in 0..5 {
            bench.other_program_cycles_link();
            assert!(bench.is_masked() && bench.link.up);
        }
        bench.pass(Duration::from_secs(10));
    }
    assert_eq!(bench.count(reports_conflict), 0);
}

#[test]
fn repeated_external_addresses_while_connected_are_a_conflict() {
    let mut bench = Bench::connected();
    let mut joined = 0;
    while bench.state() == StateKind::Associated {
        joined += 1;
        bench.other_program_changes_address();
        bench.pass(Duration::from_millis(900));
    }
    assert_eq!((bench.state(), joined), (StateKind::Blocked, 6));
}

#[test]
fn repeated_external_addresses_in_attempts_are_a_conflict() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.connects = false;
    bench.air = vec![home_entry()];
    let mut failed = 0;
    while bench.state() != StateKind::Blocked {
        bench.handle(Event::Backend(WpaEvent::Supplicant(
            Supplicant::NetworkNotFound,
        )));
        bench.pass(Duration::from_millis(900));
        assert_eq!(bench.state(), StateKind::Associating);
        bench.other_program_changes_address();
        failed += 1;
        assert!(failed <= 6);
    }
    assert_eq!((failed, bench.link.up), (6, false));
}

#[test]
fn link_changed_while_down_is_masked_before_it_comes_up() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.link_changes(|link| link.up = false);
    for disputes in 1..=7 {
        bench.done.clear();
        bench.other_program_changes_address();
        // The sixth change in a row is a conflict.
        let is_masked = disputes < 6;
        assert_eq!(bench.is_masked(), is_masked, "{disputes}");
        assert_eq!(bench.count(sets_address) == 1, is_masked, "{disputes}");
        assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
        let stays_down = |action: &Action| *action != Action::BringUp;
        assert!(bench.done.iter().all(stays_down), "{:?}", bench.done);
    }
    bench.pass(Duration::from_secs(10));
    bench.other_program_changes_address();
    assert!(bench.is_masked());
    bench.link_changes(|link| link.up = true);
    assert_eq!(bench.count(reports_conflict), 0);
    assert!(bench.is_masked() && bench.link.up);
}

#[test]
fn link_held_down_is_masked_again_when_its_address_changes() {
    let mut bench = Bench::idle();
    bench.silent = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let failure = Failure::Unreachable("it is silent".to_owned());
    let refused = Reply::Quiesce(Err(failure));
    bench.handle(Event::Backend(WpaEvent::Reply(refused)));
    assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
    bench.done.clear();
    bench.other_program_changes_address();
    assert!(bench.is_masked());
    assert_eq!(bench.count(sets_address), 1);
}

#[test]
fn no_mask_that_the_driver_refused_is_tried_at_each_change() {
    let mut bench = Bench::blocked(|_, _| {});
    bench.done.clear();
    bench.other_program_changes_address();
    assert_eq!(bench.count(sets_address), 0);
}
