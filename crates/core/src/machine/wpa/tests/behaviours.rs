//! The supervisor's behaviours, one after the other.

use super::*;

#[test]
fn a_card_that_is_down_is_masked_and_stays_down() {
    let bench = Bench::idle();
    assert!(matches!(
        bench.done[0],
        Action::SetAddress {
            how: How::WhileDown,
            ..
        }
    ));
    assert!(!bench.link.up);
    assert_eq!(bench.station.status().state, StateKind::Waiting);
}

#[test]
fn a_card_that_is_up_is_masked_by_a_bounce() {
    let bench = Bench::new(true, false, |_, _| {});
    assert!(matches!(
        bench.done[0],
        Action::SetAddress {
            how: How::Cycle,
            ..
        }
    ));
}

#[test]
fn a_supplicant_is_met_with_the_link_down() {
    let mut bench = Bench::new(true, false, |_, _| {});
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let down = bench.position(|action| *action == Action::SetLinkDown);
    let attach = bench.position(|action| is_ask(action, &Request::Attach));
    assert!(down < attach);
}

#[test]
fn scans_carry_everything_the_driver_offers() {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert!(scan.random_address && scan.random_sequence && scan.minimal_content);
    assert_eq!(scan.ssids, [Ssid::wildcard()]);
}

#[test]
fn an_association_is_pinned_then_addressed_then_agreed_then_ordered() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(2));
    let pin =
        bench.position(|action| matches!(action, Action::Request(Request::SelectNetwork { .. })));
    let address = pin + bench.done[pin..].iter().position(sets_address).unwrap();
    let status = bench.position(|action| is_ask(action, &Request::Status));
    let connect = bench.position(|action| is_ask(action, &Request::Connect));
    let settle =
        bench.position(|action| matches!(action, Action::Request(Request::AllowRoaming { .. })));
    assert!(pin < address && address < status && status < connect && connect < settle);
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn nothing_is_ordered_before_the_supplicant_knows_the_address() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.slow_to_notice = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(1));
    assert!(bench.count(|action| is_ask(action, &Request::Status)) > 5);
    assert_eq!(bench.count(|action| is_ask(action, &Request::Connect)), 0);
    bench.slow_to_notice = false;
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn an_access_point_not_heard_in_this_scan_is_not_joined() {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.done.clear();
    while bench.count(|action| *action == Action::GetScanResults) == 0 {
        let now = bench.station.poll_timeout().unwrap();
        bench.now = now;
        bench.station.handle_timeout(clocks(now));
        while let Some(action) = bench.station.poll_action() {
            bench.done.push(action.clone());
            let answers = match action {
                Action::GetScanResults => vec![Event::Scan(ScanEvent::Results(vec![heard(
                    &home_entry(),
                    900,
                )]))],
                other => bench.answers(other),
            };
            for event in answers {
                bench.station.handle(clocks(now), event);
            }
        }
    }
    bench.pass(Duration::from_millis(1));
    assert_eq!(
        bench.count(|action| matches!(action, Action::Notify(Notice::Associating { .. }))),
        0
    );
}

#[test]
fn results_of_the_scan_before_are_not_taken_for_those_of_this_one() {
    let surveys = |bench: &Bench| {
        bench.count(
            |it| matches!(it, Action::Request(Request::ListNetworks { bssids }) if !bssids.is_empty()),
        )
    };
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    // Nothing is of interest, so that the next scan does not wait for the supplicant.
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(5));
    bench.scans = Scans::NeverEnding;
    bench.pass(Duration::from_secs(20));
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_eq!(surveys(&bench), 0, "{:?}", bench.done);
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    assert_eq!(surveys(&bench), 1);
}

#[test]
fn a_loss_quiets_the_supplicant_before_the_mask_and_looks_on_the_last_channel_first() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    let quiet = bench.position(|action| is_ask(action, &Request::Quiesce));
    let mask = bench.position(sets_address);
    assert!(quiet < mask);
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert_eq!(scan.frequencies, [HOME_CHANNEL]);
}

#[test]
fn a_network_that_returns_is_joined_within_two_seconds() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    bench.pass(Duration::from_secs(47));
    bench.air = vec![home_entry()];
    bench.done.clear();
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn the_users_disconnect_is_respected_until_the_user_wants_otherwise() {
    let mut bench = Bench::connected();
    bench.lose(3, true);
    assert_eq!(bench.station.status().state, StateKind::Disconnected);
    bench.done.clear();
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.count(is_scan), 0);
    bench.phase = Phase::Scanning;
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn an_end_that_the_kernel_made_before_the_machine_slept_is_no_wish_of_the_user() {
    let mut bench = Bench::connected();
    bench.tell(Event::Command(Command::Resumed));
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    bench.pass(Duration::from_secs(10));
    bench.lose(3, true);
    assert_eq!(bench.station.status().state, StateKind::Disconnected);
}

#[test]
fn after_a_sleep_the_search_begins_at_once() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    bench.pass(Duration::from_secs(3600));
    bench.done.clear();
    bench.tell(Event::Command(Command::Resumed));
    bench.pass(Duration::from_millis(100));
    assert!(bench.count(is_scan) > 0);
    // And eagerly, as it was when the network was lost: in an hour the pauses have grown to minutes.
    bench.pass(Duration::from_secs(10));
    assert!(bench.count(is_scan) > 5);
}

#[test]
fn a_kick_by_the_access_point_is_no_wish_of_the_user() {
    let mut bench = Bench::connected();
    bench.lose(3, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn who_is_thrown_out_again_and_again_comes_back_less_and_less_often() {
    let mut bench = Bench::connected();
    let end = bench.now + Duration::from_secs(60);
    while bench.now < end {
        if bench.station.status().state == StateKind::Associated {
            bench.lose(7, false);
        }
        bench.pass(Duration::from_millis(100));
    }
    let attempts =
        bench.count(|action| matches!(action, Action::Notify(Notice::Associating { .. })));
    assert!((4..=7).contains(&attempts), "{attempts}");
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    bench.done.clear();
    bench.lose(7, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn a_network_that_the_supplicant_gave_up_is_tried_again_once_its_time_is_over() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(15, true);
    bench.tell(Event::Backend(WpaEvent::Supplicant(
        Supplicant::TemporarilyDisabled {
            id: 0,
            wrong_key: true,
            pause: Duration::from_secs(10),
        },
    )));
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.count(|action| is_ask(action, &Request::Connect)), 0);
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn reading_the_configuration_again_is_no_wish_to_stay_disconnected() {
    let mut bench = Bench::connected();
    bench.reconfigured = true;
    bench.lose(3, true);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn roaming_is_no_loss() {
    let mut bench = Bench::connected();
    bench.phase = Phase::Connecting;
    bench.tell(Event::Mlme(MlmeEvent::Ended));
    bench.phase = Phase::Connected;
    bench.pass(Duration::from_secs(120));
    assert_eq!(bench.count(sets_address), 0);
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn an_idle_connection_wakes_the_daemon_once_a_minute() {
    let mut bench = Bench::connected();
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.done.len(), 10, "{:?}", bench.done);
}

#[test]
fn a_driver_that_says_yes_and_does_nothing_is_held_silent_and_said_once() {
    let mut bench = Bench::idle();
    bench.driver = |link, _| Ok(link);
    bench.link.address = PERMANENT;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(60));
    assert!(!bench.link.up);
    assert_eq!(bench.count(is_scan), 0);
    assert_eq!(
        bench.count(|action| matches!(action, Action::Notify(Notice::Blocked { .. }))),
        1
    );
    bench.driver = |link, address| Ok(Link { address, ..link });
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.station.status().state, StateKind::Associated);
}

#[test]
fn with_bounce_each_scan_has_its_own_address() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.mask_method = MaskMethod::Bounce;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(3600));
    let (scans, addresses) = (bench.count(is_scan), bench.count(sets_address));
    assert!(scans > 10);
    assert!(
        addresses >= scans,
        "{addresses} addresses for {scans} scans"
    );
    let mut masks = bench.masks.clone();
    masks.sort_unstable();
    masks.dedup();
    assert_eq!(masks.len(), bench.masks.len());
}

#[test]
fn powered_is_never_used_where_a_live_change_is_not_safe() {
    let mut bench = Bench::new(false, false, |card, settings| {
        settings.mask_method = MaskMethod::Powered;
        card.live_change = false;
    });
    assert_eq!(
        bench.count(|action| matches!(action, Action::Notify(Notice::Remark(_)))),
        1
    );
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(600));
    let live = |action: &Action| matches!(action, Action::SetAddress { how: How::Live, .. });
    assert_eq!(bench.count(live), 0);
    assert!(bench.count(is_scan) > 5);
}

#[test]
fn powered_changes_masks_live_and_assigned_addresses_by_a_bounce() {
    let mut bench = Bench::new(false, false, |card, settings| {
        settings.mask_method = MaskMethod::Powered;
        card.live_change = true;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(600));
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    let live = |action: &Action| matches!(action, Action::SetAddress { how: How::Live, .. });
    assert!(bench.count(live) > 5);
    let assigned = |action: &Action| matches!(action, Action::SetAddress { address, how } if *address == home_address() && *how != How::Cycle);
    assert_eq!(bench.count(assigned), 0);
}

#[test]
fn a_link_that_somebody_takes_down_as_the_mask_is_changed_stays_down() {
    let mut bench = Bench::new(false, false, |card, _| {
        card.random_address = false;
        card.live_change = true;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.done.clear();
    bench.driver = |link, address| {
        Ok(Link {
            address,
            up: false,
            ..link
        })
    };
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.station.status().state, StateKind::Blocked);
    let bounces =
        |action: &Action| matches!(action, Action::SetAddress { how, .. } if *how == How::Cycle);
    assert_eq!(bench.count(bounces), 0, "{:?}", bench.done);
}

#[test]
fn between_scans_the_card_carries_an_address_that_was_never_on_the_air() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.mask_method = MaskMethod::Bounce;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(60));
    assert!(!bench.scanned_under.contains(&bench.link.address));
}

#[test]
fn a_scan_by_another_program_costs_the_mask() {
    let mut bench = Bench::idle();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let before = bench.link.address;
    bench.tell(Event::Scan(ScanEvent::Started(ScanStarted {
        active: true,
        random_address: false,
    })));
    bench.tell(Event::Scan(ScanEvent::Ended));
    assert_ne!(bench.link.address, before);
}

#[test]
fn a_running_connection_under_its_own_address_is_adopted_undisturbed() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    let assigned = home_address();
    bench.link.address = assigned;
    bench.tell(Event::Link(LinkEvent::Changed(bench.link)));
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    assert_eq!(
        bench.count(|action| sets_address(action) || *action == Action::SetLinkDown),
        0
    );
}

#[test]
fn a_running_connection_under_the_permanent_address_is_made_again() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.air = vec![home_entry()];
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.station.status().state, StateKind::Associated);
    assert_eq!(bench.link.address, home_address());
}

#[test]
fn leaving_keeps_or_restores_as_configured() {
    let mut bench = Bench::connected();
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.count(sets_address), 0);
    assert_eq!(
        bench.count(|action| is_ask(action, &Request::Restore { resume: false })),
        1
    );
    assert_eq!(bench.count(|action| *action == Action::Finish), 1);

    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_exit = OnExit::Restore;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.tell(Event::Command(Command::Release));
    assert_eq!(bench.link.address, PERMANENT);
    assert_eq!(
        bench.count(|action| is_ask(action, &Request::Restore { resume: true })),
        1
    );
}

#[test]
fn a_card_that_another_program_drives_is_not_touched_any_more() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_exit = OnExit::Restore;
    });
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let mask = bench.link.address;
    let changes = bench.count(sets_address);
    bench.tell(Event::Command(Command::Yield));
    assert_eq!((bench.link.address, bench.link.up), (mask, true));
    assert_eq!(bench.count(sets_address), changes);
    assert_eq!(
        bench.count(|action| is_ask(action, &Request::Restore { resume: false })),
        1
    );
    assert_eq!(bench.count(|action| *action == Action::Finish), 1);
}

#[test]
fn a_supplicant_that_dies_leaves_a_masked_card() {
    let mut bench = Bench::connected();
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert!(bench.masks.contains(&bench.link.address));
    assert_eq!(bench.station.status().state, StateKind::Waiting);
}

#[test]
fn a_hidden_network_is_named_only_where_a_nameless_beacon_was_heard() {
    let mut bench = Bench::idle();
    bench.networks[0].hidden = true;
    bench.tell(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(30));
    let names =
        |action: &Action| matches!(action, Action::Scan(scan) if scan.ssids.contains(&home()));
    assert_eq!(bench.count(names), 0);
    bench.air = vec![BssEntry {
        ssid: Ssid::wildcard(),
        ..home_entry()
    }];
    bench.pass(Duration::from_secs(30));
    assert!(bench.count(names) > 0);
    for action in bench.done.iter().filter(|action| names(action)) {
        let Action::Scan(scan) = action else {
            unreachable!()
        };
        assert_eq!(scan.frequencies, [HOME_CHANNEL]);
    }
}
