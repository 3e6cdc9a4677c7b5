//! Somebody sets the address, or brings the link up, as often as macveil masks it.

use super::*;

const TWENTY_MS: Duration = Duration::from_millis(20);

fn is_told(action: &Action) -> bool {
    matches!(
        action,
        Action::Notify(Notice::Blocked {
            problem: Problem::Conflict,
            ..
        })
    )
}

impl Bench {
    fn somebody_sets_the_address(&mut self) {
        self.link_changes(|link| link.up = false);
        self.link_changes(|link| link.address = BY_HAND);
        self.link_changes(|link| link.up = true);
    }

    fn somebody_fights(&mut self, pause: Duration, span: Duration) {
        let end = self.now + span;
        while self.now < end {
            self.somebody_sets_the_address();
            self.pass(pause);
        }
    }
}

#[test]
fn a_card_that_somebody_fights_for_is_held_and_tried_ever_later() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.done.clear();
    bench.somebody_fights(TWENTY_MS, Duration::from_millis(200));
    assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
    assert_eq!(bench.station.status().problem, Some(Problem::Conflict));
    // The sixth time it is no longer brought up.
    assert_eq!(bench.count(sets_address), 5 + 1);
    let mut tries = Vec::new();
    let mut begin = bench.now;
    while tries.len() < 10 {
        let deadline = bench.station.poll_timeout().unwrap();
        let before = bench.count(sets_address);
        bench.somebody_fights(TWENTY_MS, deadline.saturating_sub(bench.now));
        bench.somebody_fights(TWENTY_MS, TWENTY_MS * 2);
        assert_eq!((bench.state(), bench.link.up), (StateKind::Blocked, false));
        assert!(bench.count(sets_address) <= before + 4, "{tries:?}");
        tries.push(bench.now.saturating_sub(begin).as_secs());
        begin = bench.now;
    }
    assert_eq!(tries, [0, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    assert!(bench.count(is_scan) < 30);
    assert_eq!(bench.count(is_told), 1);
    let told = bench.count(|action| matches!(action, Action::Notify(Notice::Blocked { .. })));
    assert!(told <= 2, "{told}");
}

#[test]
fn a_card_is_back_once_nobody_fights_for_it_any_more() {
    let mut bench = Bench::scanning(|_, _| {});
    for fights in 1..3 {
        bench.somebody_fights(TWENTY_MS, Duration::from_secs(2));
        assert_eq!(
            (bench.state(), bench.count(is_told)),
            (StateKind::Blocked, fights)
        );
        bench.pass(Duration::from_secs(20));
        assert!(bench.is_masked() && bench.link.up);
        assert_eq!(bench.state(), StateKind::Scanning);
    }
}

#[test]
fn whoever_answers_each_mask_at_once_is_met_ever_later_too() {
    let mut bench = Bench::scanning(|_, _| {});
    for _ in 0..6 {
        bench.somebody_sets_the_address();
    }
    for pause in [1, 2, 4, 8, 16, 32] {
        let pause = Duration::from_secs(pause);
        assert_eq!(bench.station.poll_timeout(), Some(bench.now + pause));
        bench.pass(pause);
        assert!(bench.is_masked() && bench.link.up);
        bench.address_is_changed_by_hand();
    }
    assert_eq!(bench.count(is_told), 1);
}

#[test]
fn a_connection_that_is_cut_by_new_addresses_all_the_time_is_given_up_for_a_while() {
    let mut bench = Bench::connected();
    bench.connects = true;
    bench.somebody_fights(Duration::from_secs(3), Duration::from_secs(30));
    assert_eq!(bench.count(is_told), 1);
}

#[test]
fn addresses_that_are_set_now_and_then_are_masked_at_once() {
    let mut bench = Bench::scanning(|_, _| {});
    for _ in 0..4 {
        for _ in 0..5 {
            bench.somebody_sets_the_address();
            assert!(bench.is_masked() && bench.link.up);
        }
        bench.pass(Duration::from_secs(10));
    }
    assert_eq!(bench.count(is_told), 0);
}

#[test]
fn addresses_that_somebody_sets_over_and_over_while_connected_are_a_fight() {
    let mut bench = Bench::connected();
    let mut joined = 0;
    while bench.state() == StateKind::Associated {
        joined += 1;
        bench.address_is_changed_by_hand();
        bench.pass(Duration::from_millis(900));
    }
    assert_eq!((bench.state(), joined), (StateKind::Blocked, 6));
}

#[test]
fn attempts_that_somebody_spoils_by_an_address_over_and_over_are_a_fight() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.connects = false;
    bench.air = vec![home_entry()];
    let mut spoilt = 0;
    while bench.state() != StateKind::Blocked {
        bench.tell(Event::Backend(WpaEvent::Supplicant(
            Supplicant::NetworkNotFound,
        )));
        bench.pass(Duration::from_millis(900));
        assert_eq!(bench.state(), StateKind::Associating);
        bench.address_is_changed_by_hand();
        spoilt += 1;
        assert!(spoilt <= 6);
    }
    assert_eq!((spoilt, bench.link.up), (6, false));
}
