//! While a connection stands, and how it is found to have ended.

use super::*;

fn is_lost(action: &Action) -> bool {
    matches!(action, Action::Notify(Notice::Lost { .. }))
}

fn chosen(bench: &Bench) -> Vec<Ssid> {
    let notices = bench.done.iter().filter_map(|action| match action {
        Action::Notify(Notice::Associating { ssid, .. }) => Some(ssid.clone()),
        _ => None,
    });
    notices.collect()
}

fn other() -> Ssid {
    Ssid::new(b"Other").unwrap()
}

impl Bench {
    /// Another network, which is preferred, comes into range.
    fn better_network(&mut self) {
        self.networks.push(Network {
            ssid: Some(other()),
            id: 1,
            priority: 9,
            ..home_network()
        });
        self.air.push(BssEntry {
            ssid: other(),
            bssid: Mac([2, 0, 0, 0, 8, 0]),
            ..home_entry()
        });
    }
}

/// A sweep of this card takes two scans.
fn two_bands(card: &mut Card, _: &mut Settings) {
    let high = (0..10).map(|n| Channel {
        frequency: 5180 + 20 * n,
        no_ir: true,
    });
    card.channels.retain(|channel| channel.frequency < 5000);
    card.channels.extend(high);
}

#[test]
fn a_sweep_is_seen_to_its_end_before_a_network_is_joined_that_is_not_preferred() {
    for is_there in [true, false] {
        let mut bench = Bench::new(false, false, two_bands);
        bench.air = vec![BssEntry {
            frequency: 5180,
            ..home_entry()
        }];
        bench.better_network();
        bench.air.truncate(1 + usize::from(is_there));
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(1));
        let expected = if is_there { other() } else { home() };
        assert_eq!(chosen(&bench), [expected]);
        assert_eq!(bench.count(is_scan), 2);
    }
}

#[test]
fn an_association_is_counted_and_told() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    let counters = bench.station.status().counters;
    assert_eq!(counters.associations, 1);
    assert_eq!(counters.masks as usize, bench.masks.len());
    let masked = |action: &Action| matches!(action, Action::Notify(Notice::Masked { .. }));
    assert_eq!(bench.count(masked), bench.masks.len());
    let connected = Action::Notify(Notice::Connected {
        ssid: home(),
        address: home_address(),
        adopted: false,
    });
    assert_eq!(bench.count(|action| *action == connected), 1);
    assert!(!bench.is_masked());
}

#[test]
fn no_news_of_the_link_is_no_reason_to_do_anything() {
    let mut bench = Bench::connected();
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.done, []);
}

#[test]
fn another_address_is_mended_and_the_user_keeps_the_network() {
    let mut bench = Bench::connected();
    bench.better_network();
    bench.address_is_changed_by_hand();
    assert_eq!(bench.remarks(), 1);
    bench.pass(Duration::from_secs(3));
    assert_eq!(chosen(&bench), [home()]);
    assert_eq!(
        (bench.state(), bench.link.address),
        (StateKind::Associated, home_address())
    );
    bench.done.clear();
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(chosen(&bench), [other()], "the wish was fulfilled");
}

#[test]
fn the_reason_of_an_end_is_waited_for_a_moment() {
    let mut bench = Bench::connected();
    bench.phase = Phase::Idle;
    bench.link_changes(|link| link.carrier = false);
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 0)
    );
    bench.pass(Duration::from_millis(50));
    bench.lose(3, true);
    assert_eq!(bench.state(), StateKind::Disconnected);

    let mut bench = Bench::connected();
    bench.air.clear();
    bench.phase = Phase::Idle;
    bench.link_changes(|link| link.carrier = false);
    bench.pass(Duration::from_millis(100));
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Scanning, 1)
    );
}

#[test]
fn what_the_supplicant_does_out_of_trouble_is_no_wish_of_the_user() {
    let mut bench = Bench::connected();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.lose(3, true);
    assert_ne!(bench.state(), StateKind::Disconnected);
    let mut bench = Bench::connected();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_secs(5));
    bench.lose(3, true);
    assert_eq!(
        bench.state(),
        StateKind::Disconnected,
        "that trouble was over"
    );
}

#[test]
fn an_end_that_was_none_is_forgotten() {
    let mut bench = Bench::connected();
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::Disconnected {
            reason: 3,
            local: true,
        },
    )));
    bench.pass(Duration::from_secs(5));
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 0)
    );
    bench.air.clear();
    bench.phase = Phase::Idle;
    bench.tell(Event::Mlme(MlmeEvent::Ended));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn a_connection_in_doubt_is_given_ten_seconds() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.phase = Phase::Connecting;
    bench.tell(Event::Mlme(MlmeEvent::Ended));
    bench.pass(Duration::from_secs(9));
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 0)
    );
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.count(is_lost), 1);
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.tell(Event::Overrun);
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.asked(&Request::Status), 2);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.asked(&Request::Status), 3);
    let mut bench = Bench::connected();
    bench.lose(3, true);
    (bench.silent, bench.done) = (true, Vec::new());
    bench.pass(Duration::from_secs(180));
    assert_eq!(bench.asked(&Request::Status), 3);
}

#[test]
fn another_network_than_the_pinned_one_ends_the_connection() {
    let mut bench = Bench::connected();
    bench.connected_to = Some(other());
    bench.tell(Event::Overrun);
    assert_eq!(bench.count(is_lost), 1);
}

#[test]
fn a_network_that_the_user_disables_is_left_and_another_looked_for() {
    let mut bench = Bench::connected();
    bench.networks[0].enabled = false;
    bench.lose(3, true);
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn a_wish_to_connect_is_seen_even_if_it_was_not_told() {
    for after_scan in [false, true] {
        let mut bench = Bench::connected();
        bench.lose(3, true);
        assert_eq!(
            bench.count(|action| *action == Action::Notify(Notice::Disconnected)),
            1
        );
        bench.phase = Phase::Scanning;
        if after_scan {
            bench.somebody_scans(false);
            bench.pass(Duration::from_millis(300));
        } else {
            bench.pass(Duration::from_secs(60));
        }
        bench.pass(Duration::from_secs(1));
        assert_eq!(
            bench.state(),
            StateKind::Associated,
            "after a scan: {after_scan}"
        );
    }
}

#[test]
fn a_mask_that_the_supplicant_began_to_connect_under_is_not_scanned_under() {
    let mut bench = Bench::connected();
    bench.lose(3, true);
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::Connecting { bssid: HOME_AP },
    )));
    bench.pass(Duration::from_secs(2));
    assert!(bench.position(sets_address) < bench.position(is_scan));
}

#[test]
fn a_connection_that_ends_while_it_is_looked_at_is_lost() {
    let ended = Event::Backend(WpaEvent::Supplicant(Supplicant::Disconnected {
        reason: 3,
        local: false,
    }));
    let unplugged = Event::Link(LinkEvent::Changed(Link {
        address: PERMANENT,
        up: true,
        carrier: false,
    }));
    for (event, state) in [
        (ended, StateKind::Disconnecting),
        (unplugged, StateKind::Disconnecting),
        (Event::Overrun, StateKind::Attaching),
    ] {
        let mut bench = Bench::new(true, true, |_, _| {});
        bench.silent = true;
        (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
        bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(
            QuiesceReport {
                status: bench.supplicant_status(),
                had_own_randomization: false,
                reconfigured: false,
            },
        )))));
        bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
        assert_eq!(bench.state(), StateKind::Attaching);
        bench.tell(event);
        assert_eq!(bench.state(), state);
        if state == StateKind::Disconnecting {
            // What was asked before the end says nothing of the supplicant's rest.
            let asked_before = NetworkList {
                networks: bench.networks.clone(),
                table: Vec::new(),
            };
            bench.tell(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(
                asked_before,
            )))));
            assert_eq!(bench.state(), StateKind::Disconnecting);
        }
    }
}

#[test]
fn a_connection_that_cannot_be_looked_at_is_ended() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.silent = true;
    (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(
        QuiesceReport {
            status: bench.supplicant_status(),
            had_own_randomization: false,
            reconfigured: false,
        },
    )))));
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!((bench.count(sets_address), bench.remarks()), (1, 1));
}

#[test]
fn an_adopted_connection_is_kept_within_its_network_and_found_again() {
    let mut bench = Bench::new(true, true, |_, _| {});
    (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
    bench.link_changes(|link| link.address = home_address());
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.asked(&Request::AllowRoaming { ssid: home() }), 1);
    bench.done.clear();
    bench.lose(4, false);
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert_eq!(scan.frequencies, [HOME_CHANNEL]);
}

#[test]
fn a_network_that_is_lost_is_looked_for_on_the_channel_that_it_roamed_to_as_well() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.pass(Duration::from_secs(60));
    bench.tell(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
        SupplicantStatus {
            frequency: Some(5180),
            ..bench.supplicant_status()
        },
    )))));
    bench.silent = false;
    bench.done.clear();
    bench.lose(4, false);
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert_eq!(scan.frequencies, [HOME_CHANNEL, 5180]);
}

#[test]
fn a_connection_that_was_there_has_two_seconds_to_show_its_supplicant() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.pass(Duration::from_millis(1_900));
    assert_eq!(bench.done, []);
    bench.pass(Duration::from_millis(100));
    assert_eq!(bench.remarks(), 1);
    assert!(bench.is_masked());
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.link_changes(|link| link.carrier = false);
    assert!(bench.is_masked());
}

#[test]
fn a_supplicant_that_is_started_again_is_asked_for_its_networks_however_soon() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.done.clear();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        bench.asked(&Request::ListNetworks { bssids: Vec::new() }),
        1
    );
}
