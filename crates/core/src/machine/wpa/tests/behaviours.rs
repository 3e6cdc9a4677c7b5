//! Each behaviour of the machine.

use super::*;

#[test]
fn card_with_link_down_is_masked_and_stays_down() {
    let bench = Bench::idle();
    assert!(matches!(
        bench.done[0],
        Action::SetAddress {
            how: How::WhileDown,
            ..
        }
    ));
    assert!(!bench.link.up);
    assert_eq!(bench.machine.status().state, StateKind::Waiting);
}

#[test]
fn card_with_link_up_is_masked_by_a_link_cycle() {
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
fn link_is_down_before_attaching_to_the_supplicant() {
    let mut bench = Bench::new(true, false, |_, _| {});
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let down = bench.position(|action| *action == Action::SetLinkDown);
    let attach = bench.position(|action| is_request(action, &Request::Attach));
    assert!(down < attach);
}

#[test]
fn scan_requests_use_every_feature_of_the_driver() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert!(scan.random_address && scan.random_sequence && scan.minimal_content);
    assert_eq!(scan.ssids, [Ssid::wildcard()]);
}

#[test]
fn association_selects_then_addresses_then_checks_then_connects() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(2));
    let select =
        bench.position(|action| matches!(action, Action::Request(Request::SelectNetwork { .. })));
    let address = select + bench.done[select..].iter().position(sets_address).unwrap();
    let status = bench.position(|action| is_request(action, &Request::Status));
    let connect = bench.position(|action| is_request(action, &Request::Connect));
    let allow_roaming =
        bench.position(|action| matches!(action, Action::Request(Request::AllowRoaming { .. })));
    assert!(select < address && address < status && status < connect && connect < allow_roaming);
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn connect_is_requested_after_the_supplicant_has_the_address() {
    let mut bench = Bench::idle();
    bench.air = vec![home_entry()];
    bench.slow_to_notice = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(1));
    assert!(bench.count(|action| is_request(action, &Request::Status)) > 5);
    assert_eq!(
        bench.count(|action| is_request(action, &Request::Connect)),
        0
    );
    bench.slow_to_notice = false;
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn access_point_from_an_earlier_scan_is_not_joined() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.done.clear();
    while bench.count(|action| *action == Action::GetScanResults) == 0 {
        let now = bench.machine.poll_timeout().unwrap();
        bench.now = now;
        bench.machine.handle_timeout(clocks(now));
        while let Some(action) = bench.machine.poll_action() {
            bench.done.push(action.clone());
            let answers = match action {
                Action::GetScanResults => vec![Event::Scan(ScanEvent::Results(vec![bss(
                    &home_entry(),
                    900,
                )]))],
                other => bench.answers(other),
            };
            for event in answers {
                bench.machine.handle(clocks(now), event);
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
fn late_results_of_the_previous_scan_are_ignored() {
    let count_bss_requests = |bench: &Bench| {
        bench.count(
            |it| matches!(it, Action::Request(Request::ListNetworks { bssids }) if !bssids.is_empty()),
        )
    };
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    // No network is in range, so the next scan does not wait for the supplicant.
    bench.scans = Scans::WithoutResults;
    bench.pass(Duration::from_secs(5));
    bench.scans = Scans::NeverEnding;
    bench.pass(Duration::from_secs(20));
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_eq!(count_bss_requests(&bench), 0, "{:?}", bench.done);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::ScanResults,
    )));
    assert_eq!(count_bss_requests(&bench), 1);
}

#[test]
fn loss_quiesces_then_masks_then_scans_the_last_channel() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    let quiesce = bench.position(|action| is_request(action, &Request::Quiesce));
    let mask = bench.position(sets_address);
    assert!(quiesce < mask);
    let Action::Scan(scan) = &bench.done[bench.position(is_scan)] else {
        panic!()
    };
    assert_eq!(scan.frequencies, [HOME_CHANNEL]);
}

#[test]
fn network_back_in_range_is_joined_within_two_seconds() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    bench.pass(Duration::from_secs(47));
    bench.air = vec![home_entry()];
    bench.done.clear();
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn disconnect_by_the_user_lasts_until_the_user_connects() {
    let mut bench = Bench::connected();
    bench.user_disconnects();
    assert_eq!(bench.machine.status().state, StateKind::Disconnected);
    bench.done.clear();
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.count(is_scan), 0);
    bench.phase = Phase::Scanning;
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::NetworkNotFound,
    )));
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn scan_starts_at_once_after_resume() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(4, true);
    bench.pass(Duration::from_secs(3600));
    bench.done.clear();
    bench.handle(Event::Command(Command::Resumed));
    bench.pass(Duration::from_millis(100));
    assert!(bench.count(is_scan) > 0);
    // The scan pauses are short again. After an hour without the network they were minutes long.
    bench.pass(Duration::from_secs(10));
    assert!(bench.count(is_scan) > 5);
}

#[test]
fn deauthentication_by_the_ap_is_not_a_user_disconnect() {
    let mut bench = Bench::connected();
    bench.lose(3, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn repeated_deauthentication_increases_the_delay() {
    let mut bench = Bench::connected();
    let end = bench.now + Duration::from_secs(60);
    while bench.now < end {
        if bench.machine.status().state == StateKind::Associated {
            bench.lose(7, false);
        }
        bench.pass(Duration::from_millis(100));
    }
    let attempts =
        bench.count(|action| matches!(action, Action::Notify(Notice::Associating { .. })));
    assert!((4..=7).contains(&attempts), "{attempts}");
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    bench.done.clear();
    bench.lose(7, false);
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn temporarily_disabled_network_is_retried_after_its_pause() {
    let mut bench = Bench::connected();
    bench.air.clear();
    bench.lose(15, true);
    bench.handle(Event::Backend(WpaEvent::Supplicant(
        Supplicant::TemporarilyDisabled {
            id: 0,
            wrong_key: true,
            pause: Duration::from_secs(10),
        },
    )));
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(10));
    assert_eq!(
        bench.count(|action| is_request(action, &Request::Connect)),
        0
    );
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn reconfiguration_is_not_a_user_disconnect() {
    let mut bench = Bench::connected();
    bench.reconfigured = true;
    bench.user_disconnects();
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn roaming_is_not_a_loss() {
    let mut bench = Bench::connected();
    bench.phase = Phase::Connecting;
    bench.handle(Event::Mlme(MlmeEvent::Ended));
    bench.phase = Phase::Connected;
    bench.pass(Duration::from_secs(120));
    assert_eq!(bench.count(sets_address), 0);
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn end_that_the_supplicant_missed_is_a_loss() {
    let mut bench = Bench::connected();
    bench.done.clear();
    bench.link.carrier = false;
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(
        bench.count_requests(&Request::Connect),
        1,
        "{:#?}",
        bench.done
    );
    assert!(bench.link.carrier);
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn idle_connection_is_checked_once_a_minute() {
    let mut bench = Bench::connected();
    bench.pass(Duration::from_secs(600));
    assert_eq!(bench.done.len(), 10, "{:?}", bench.done);
}

#[test]
fn driver_that_ignores_the_address_is_blocked_and_reported_once() {
    let mut bench = Bench::idle();
    bench.driver = |link, _| Ok(link);
    bench.link.address = PERMANENT;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
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
    assert_eq!(bench.machine.status().state, StateKind::Associated);
}

#[test]
fn bounce_gives_each_scan_another_address() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.mask_method = MaskMethod::Bounce;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
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
fn powered_without_safe_live_change_is_not_used() {
    let mut bench = Bench::new(false, false, |card, settings| {
        settings.mask_method = MaskMethod::Powered;
        card.live_change = false;
    });
    assert_eq!(
        bench.count(|action| matches!(action, Action::Notify(Notice::Remark(_)))),
        1
    );
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(600));
    let live = |action: &Action| matches!(action, Action::SetAddress { how: How::Live, .. });
    assert_eq!(bench.count(live), 0);
    assert!(bench.count(is_scan) > 5);
}

#[test]
fn powered_changes_only_masks_live() {
    let mut bench = Bench::new(false, false, |card, settings| {
        settings.mask_method = MaskMethod::Powered;
        card.live_change = true;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(600));
    bench.air = vec![home_entry()];
    bench.pass(Duration::from_secs(60));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    let live = |action: &Action| matches!(action, Action::SetAddress { how: How::Live, .. });
    assert!(bench.count(live) > 5);
    let assigned = |action: &Action| matches!(action, Action::SetAddress { address, how } if *address == home_address() && *how != How::Cycle);
    assert_eq!(bench.count(assigned), 0);
}

#[test]
fn link_taken_down_during_masking_stays_down() {
    let mut bench = Bench::new(false, false, |card, _| {
        card.random_address = false;
        card.live_change = true;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.done.clear();
    bench.driver = |link, address| {
        Ok(Link {
            address,
            up: false,
            ..link
        })
    };
    bench.pass(Duration::from_secs(30));
    assert_eq!(bench.machine.status().state, StateKind::Blocked);
    let cycles =
        |action: &Action| matches!(action, Action::SetAddress { how, .. } if *how == How::Cycle);
    assert_eq!(bench.count(cycles), 0, "{:?}", bench.done);
}

#[test]
fn mask_between_scans_was_not_used_in_a_scan() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.mask_method = MaskMethod::Bounce;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(60));
    assert!(!bench.scanned_under.contains(&bench.link.address));
}

#[test]
fn external_scan_changes_the_mask() {
    let mut bench = Bench::idle();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(20));
    let before = bench.link.address;
    bench.handle(Event::Scan(ScanEvent::Started(ScanStarted {
        active: true,
        random_address: false,
    })));
    bench.handle(Event::Scan(ScanEvent::Ended));
    assert_ne!(bench.link.address, before);
}

#[test]
fn connection_under_its_assigned_address_is_adopted() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    let assigned = home_address();
    bench.link.address = assigned;
    bench.handle(Event::Link(LinkEvent::Changed(bench.link)));
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    assert_eq!(
        bench.count(|action| sets_address(action) || *action == Action::SetLinkDown),
        0
    );
}

#[test]
fn connection_under_the_permanent_address_is_replaced() {
    let mut bench = Bench::new(true, true, |_, _| {});
    bench.phase = Phase::Connected;
    bench.connected_to = Some(home());
    bench.air = vec![home_entry()];
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.machine.status().state, StateKind::Associated);
    assert_eq!(bench.link.address, home_address());
}

#[test]
fn release_keeps_or_restores_the_address_as_configured() {
    let mut bench = Bench::connected();
    bench.handle(Event::Command(Command::Release));
    assert_eq!(bench.done, [Action::Finish]);

    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_exit = OnExit::Restore;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.handle(Event::Command(Command::Release));
    assert_eq!(bench.link.address, PERMANENT);
    assert_eq!(
        bench.count(|action| is_request(action, &Request::Restore { resume: true })),
        1
    );
}

#[test]
fn card_controlled_by_another_program_is_not_changed() {
    let mut bench = Bench::new(false, false, |_, settings| {
        settings.on_exit = OnExit::Restore;
    });
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    let mask = bench.link.address;
    let changes = bench.count(sets_address);
    bench.handle(Event::Command(Command::Yield));
    assert_eq!((bench.link.address, bench.link.up), (mask, true));
    assert_eq!(bench.count(sets_address), changes);
    assert_eq!(
        bench.count(|action| is_request(action, &Request::Restore { resume: false })),
        1
    );
    assert_eq!(bench.count(|action| *action == Action::Finish), 1);
}

#[test]
fn card_is_masked_after_the_supplicant_vanishes() {
    let mut bench = Bench::connected();
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Vanished)));
    assert!(bench.masks.contains(&bench.link.address));
    assert_eq!(bench.machine.status().state, StateKind::Waiting);
}

#[test]
fn hidden_network_is_probed_only_on_channels_with_hidden_ssids() {
    let mut bench = Bench::idle();
    bench.networks[0].hidden = true;
    bench.handle(Event::Backend(WpaEvent::Supplicant(Supplicant::Appeared)));
    bench.pass(Duration::from_secs(30));
    let names =
        |action: &Action| matches!(action, Action::Scan(scan) if scan.ssids.contains(&home()));
    assert_eq!(bench.count(names), 0);
    bench.air = vec![BssEntry {
        owe_open_half: false,
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
