//! A connection, and how the machine detects its end.

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
    /// A preferred network comes into range.
    fn better_network(&mut self) {
        self.networks.push(Network {
            ssid: Some(other()),
            id: 1,
            priority: 9,
            ..home_network()
        });
        self.air.push(BssEntry {
            owe_open_half: false,
            ssid: other(),
            bssid: Mac([2, 0, 0, 0, 8, 0]),
            ..home_entry()
        });
    }
}

/// A card whose sweep takes two scans.
fn two_bands(card: &mut Card, _: &mut Settings) {
    let high = (0..10).map(|n| Channel {
        frequency: 5180 + 20 * n,
        no_ir: true,
    });
    card.channels.retain(|channel| channel.frequency < 5000);
    card.channels.extend(high);
}

#[test]
fn sweep_completes_before_a_less_preferred_network_is_joined() {
    for is_there in [true, false] {
        let mut bench = Bench::new(false, false, two_bands);
        bench.air = vec![BssEntry {
            owe_open_half: false,
            frequency: 5180,
            ..home_entry()
        }];
        bench.better_network();
        bench.air.truncate(1 + usize::from(is_there));
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(1));
        let expected = if is_there { other() } else { home() };
        assert_eq!(chosen(&bench), [expected]);
        assert_eq!(bench.count(is_scan), 2);
    }
}

#[test]
fn association_is_counted_and_reported() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    let counters = bench.machine.status().counters;
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
fn unchanged_link_causes_no_action() {
    let mut bench = Bench::connected();
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    assert_eq!(bench.done, []);
}

#[test]
fn external_address_change_rejoins_the_same_network() {
    let mut bench = Bench::connected();
    bench.better_network();
    bench.other_program_changes_address();
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
    assert_eq!(
        chosen(&bench),
        [other()],
        "after the rejoin the preferred network is chosen"
    );
}

#[test]
fn lost_carrier_waits_for_the_disconnect_reason() {
    let mut bench = Bench::connected();
    bench.phase = Phase::Idle;
    bench.link_changes(|link| link.carrier = false);
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 0)
    );
    bench.pass(Duration::from_millis(50));
    bench.user_disconnects();
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
fn end_by_the_kernel_is_not_a_user_disconnect() {
    let mut bench = Bench::connected();
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 1)
    );
}

#[test]
fn request_to_leave_that_had_no_effect_is_forgotten() {
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::LeaveRequested,
    )));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected {
        status: 17,
    })));
    bench.pass(Duration::from_secs(5));
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn request_to_connect_takes_back_the_request_to_leave() {
    let connects = || Event::Backend(WpaEvent::Supplicant(Supplicant::ConnectRequested));
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::LeaveRequested,
    )));
    bench.handle(connects());
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);

    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::LeaveRequested,
    )));
    bench.phase = Phase::Idle;
    bench.link.carrier = false;
    let ends = Event::Backend(WpaEvent::Supplicant(Supplicant::Disconnected {
        reason: 3,
        local: true,
    }));
    bench.machine.handle(clocks(bench.now), ends);
    bench.handle(connects());
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.state(), StateKind::Associated);
}

#[test]
fn end_for_a_reload_is_a_loss() {
    let mut bench = Bench::connected();
    for event in [Supplicant::ConfigurationRead, Supplicant::LeaveRequested] {
        bench.handle(Event::Backend(WpaEvent::Supplicant(event)));
    }
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.state(), StateKind::Associated);
    bench.user_disconnects();
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Disconnected);
}

#[test]
fn requested_end_without_its_event_is_a_user_disconnect() {
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::LeaveRequested,
    )));
    bench.phase = Phase::Idle;
    bench.link_changes(|link| link.carrier = false);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Disconnected);
}

#[test]
fn disconnect_event_of_a_live_connection_is_ignored() {
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
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
    bench.handle(Event::Mlme(MlmeEvent::Ended));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn connection_in_doubt_is_lost_after_ten_seconds() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.phase = Phase::Connecting;
    bench.handle(Event::Mlme(MlmeEvent::Ended));
    bench.pass(Duration::from_secs(9));
    assert_eq!(
        (bench.state(), bench.count(is_lost)),
        (StateKind::Associated, 0)
    );
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.count(is_lost), 1);
}

#[test]
fn status_request_without_a_reply_is_repeated() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.handle(Event::Overrun);
    bench.pass(Duration::from_millis(500));
    assert_eq!(bench.count_requests(&Request::Status), 2);
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.count_requests(&Request::Status), 3);
    let mut bench = Bench::connected();
    bench.user_disconnects();
    (bench.silent, bench.done) = (true, Vec::new());
    bench.pass(Duration::from_secs(180));
    assert_eq!(bench.count_requests(&Request::Status), 3);
}

#[test]
fn watched_supplicant_is_not_asked_while_connected() {
    for (is_watched, expected) in [(true, 0), (false, 10)] {
        let mut bench = Bench::idle();
        bench.is_watched = is_watched;
        bench.air = vec![home_entry()];
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.pass(Duration::from_secs(5));
        assert_eq!(bench.state(), StateKind::Associated);
        bench.pass(Duration::from_secs(5));
        bench.done.clear();
        bench.pass(Duration::from_secs(600));
        let count = bench.count_requests(&Request::Status);
        assert_eq!(count, expected, "{is_watched}");
    }
}

#[test]
fn next_network_is_entered_and_another_one_left_first() {
    let mut bench = Bench::connected();
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    let count = |bench: &Bench, wanted: &Action| bench.count(|action| action == wanted);
    assert_eq!(count(&bench, &Action::EnterNetwork(home())), 1);
    assert_eq!(count(&bench, &Action::LeaveNetwork), 0);
    bench.done.clear();
    bench.better_network();
    bench.lose(4, false);
    bench.pass(Duration::from_secs(5));
    assert_eq!(count(&bench, &Action::EnterNetwork(other())), 1);
    let address = bench.link.address;
    let left = bench.position(|action| *action == Action::LeaveNetwork);
    let how = How::Cycle;
    let set = bench.position(|action| *action == Action::SetAddress { address, how });
    assert!(left < set, "left after the next address was set");
}

#[test]
fn unselected_network_ends_the_connection() {
    let mut bench = Bench::connected();
    bench.connected_to = Some(other());
    bench.handle(Event::Overrun);
    assert_eq!(bench.count(is_lost), 1);
}

#[test]
fn disabled_network_is_left_and_scanning_starts() {
    let mut bench = Bench::connected();
    bench.networks[0].enabled = false;
    bench.user_disconnects();
    assert_eq!(bench.state(), StateKind::Scanning);
}

#[test]
fn connect_by_the_user_is_found_without_an_event() {
    for after_scan in [false, true] {
        let mut bench = Bench::connected();
        bench.user_disconnects();
        assert_eq!(
            bench.count(|action| *action == Action::Notify(Notice::Disconnected)),
            1
        );
        bench.phase = Phase::Scanning;
        if after_scan {
            bench.external_scan(false);
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
fn mask_used_by_a_connection_attempt_changes_before_the_scan() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::Connecting { bssid: HOME_AP },
    )));
    bench.pass(Duration::from_secs(2));
    assert!(bench.position(sets_address) < bench.position(is_scan));
}

#[test]
fn connection_that_ends_while_attaching_is_lost() {
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
        bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
        bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(
            QuiesceReport {
                status: bench.supplicant_status(),
                had_own_randomization: false,
                reconfigured: false,
                is_watched: false,
            },
        )))));
        bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
        assert_eq!(bench.state(), StateKind::Attaching);
        bench.handle(event);
        assert_eq!(bench.state(), state);
        if state == StateKind::Disconnecting {
            // A reply to a request from before the end does not show that the supplicant is quiesced.
            let earlier_reply = NetworkList {
                networks: bench.networks.clone(),
                table: Vec::new(),
                other: None,
            };
            bench.handle(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(
                earlier_reply,
            )))));
            assert_eq!(bench.state(), StateKind::Disconnecting);
        }
    }
}

#[test]
fn connection_without_network_list_is_ended() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.silent = true;
    (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(
        QuiesceReport {
            status: bench.supplicant_status(),
            had_own_randomization: false,
            reconfigured: false,
            is_watched: false,
        },
    )))));
    let failure = Failure::Unreachable("it is silent".to_owned());
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(
        failure,
    )))));
    assert_eq!((bench.count(sets_address), bench.remarks()), (1, 1));
}

#[test]
fn adopted_connection_may_roam_and_its_channel_is_scanned_first() {
    let mut bench = Bench::new(true, true, |_, _| {});
    (bench.phase, bench.connected_to) = (Phase::Connected, Some(home()));
    bench.link_changes(|link| link.address = home_address());
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(bench.count_requests(&allow_roaming()), 1);
    bench.done.clear();
    bench.lose(4, false);
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert_eq!(scan.frequencies, [HOME_CHANNEL]);
}

#[test]
fn lost_network_is_scanned_for_on_its_roamed_channel_too() {
    let mut bench = Bench::connected();
    bench.silent = true;
    bench.pass(Duration::from_secs(60));
    bench.handle(Event::Backend(WpaEvent::Reply(Reply::Status(Ok(
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
fn connection_without_supplicant_is_masked_after_two_seconds() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.pass(Duration::from_millis(1_900));
    assert_eq!(bench.done, [Action::AbortScan]);
    bench.pass(Duration::from_millis(100));
    assert_eq!(bench.remarks(), 1);
    assert!(bench.is_masked());
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.link_changes(|link| link.carrier = false);
    assert!(bench.is_masked());
}

#[test]
fn restarted_supplicant_lists_its_networks_at_once() {
    let mut bench = Bench::scanning(|_, _| {});
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    bench.done.clear();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    assert_eq!(
        bench.count_requests(&Request::ListNetworks { bssids: Vec::new() }),
        1
    );
}
