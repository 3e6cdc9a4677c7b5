//! What each request makes of wpa_supplicant.

use super::fake::{Fake, Model, Turn};
use super::*;
use crate::address::Mac;
use crate::address::Security as Way;
use crate::supervisor::{Failure, Phase, Quieted, Security};
use crate::wifi::Ssid;

fn ssid(name: &str) -> Ssid {
    Ssid::new(name.as_bytes()).unwrap()
}

fn row(last: u8, ssid: &str) -> String {
    format!(
        "bssid=02:00:00:00:03:{last:02x}\nfreq=2412\nlevel=-40\nflags=[WPA2-SAE-CCMP][ESS]\nssid={ssid}"
    )
}

fn every_request() -> [Request; 9] {
    let mac = Mac([2, 0, 0, 0, 3, 0]);
    [
        Request::Attach,
        Request::Quiet,
        Request::Status,
        Request::Survey { bssids: vec![mac] },
        Request::Pin {
            ssid: ssid("a"),
            except: vec![mac],
            forget_keys: true,
        },
        Request::Disarm,
        Request::Connect,
        Request::Settle { ssid: ssid("a") },
        Request::Release { resume: true },
    ]
}

/// The commands that change something.
fn changes(log: &[String]) -> Vec<&str> {
    let reads = [
        "GET",
        "STATUS",
        "LIST_NETWORKS",
        "BSS ",
        "PING",
        "ATTACH",
        "LEVEL",
    ];
    log.iter()
        .map(String::as_str)
        .filter(|command| !reads.iter().any(|read| command.starts_with(read)))
        .collect()
}

async fn quieted(scene: &mut Scene, request: Request) -> Quieted {
    match scene.ask(request).await {
        Reply::Quiet(Ok(quieted)) => quieted,
        other => panic!("{other:?}"),
    }
}

async fn done(scene: &mut Scene, request: Request) {
    assert_eq!(scene.ask(request).await, Reply::Done(Ok(())));
}

#[test]
fn quiet_leaves_nothing_to_happen_by_itself() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let found = quieted(&mut scene, Request::Attach).await;
        assert_eq!(found.status.phase, Phase::Scanning);
        assert!(!found.had_own_randomization);
        let log = fake.log();
        assert_eq!(
            changes(&log),
            [
                "P2P_SET disabled 1",
                "SET p2p_disabled 1",
                "DISCONNECT",
                "ABORT_SCAN",
                "STA_AUTOCONNECT 0",
                "SET passive_scan 1",
                "SET scan_res_valid_for_connect 20",
                "MAC_RAND_SCAN all enable=1",
                "SET disallow_aps ssid 486f6d65 ssid 576f726b",
            ]
        );
        assert_eq!(log[log.len() - 3..], ["PING", "ATTACH", "LEVEL 9"]);
    });
}

#[test]
fn quiet_again_undoes_what_a_user_did_meanwhile() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        // RECONFIGURE.
        fake.set("passive_scan", 0);
        fake.set("p2p_disabled", 0);
        fake.set("ap_scan", 0);
        fake.model.borrow_mut().denied.clear();
        fake.log();
        quieted(&mut scene, Request::Quiet).await;
        for (name, value) in [("passive_scan", 1), ("p2p_disabled", 1), ("ap_scan", 1)] {
            assert_eq!(fake.setting(name), value, "{name}");
        }
        assert_eq!(fake.model.borrow().denied, "ssid 486f6d65");
        assert!(changes(&fake.log()).contains(&"DISCONNECT"));
    });
}

#[test]
fn a_connection_is_adopted_undisturbed() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.status = "bssid=02:00:00:00:03:00\nfreq=2412\nssid=Home\nid=0\nwpa_state=COMPLETED\naddress=06:00:00:00:00:01\n".to_owned();
        model.settings.insert("preassoc_mac_addr".to_owned(), 1);
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let found = quieted(&mut scene, Request::Attach).await;
        assert_eq!(found.status.ssid, Some(ssid("Home")));
        assert!(found.had_own_randomization);
        assert_eq!(
            changes(&fake.log()),
            [
                "STA_AUTOCONNECT 0",
                "P2P_SET disabled 1",
                "SET p2p_disabled 1",
                "SET passive_scan 1",
                "SET scan_res_valid_for_connect 20",
            ]
        );
    });
}

#[test]
fn own_randomization_is_switched_off_and_told() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(3, "Home").with_network(4, "Work");
        model.settings.insert("preassoc_mac_addr".to_owned(), 1);
        let network = model.networks.get_mut(&4).unwrap();
        network.values.insert("mac_addr", "2".to_owned());
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        assert!(
            quieted(&mut scene, Request::Attach)
                .await
                .had_own_randomization
        );
        assert_eq!(fake.setting("preassoc_mac_addr"), 0);
        assert_eq!(fake.model.borrow().networks[&4].values["mac_addr"], "0");
        assert_eq!(fake.model.borrow().networks[&3].values["mac_addr"], "-1");
        assert!(
            !quieted(&mut scene, Request::Quiet)
                .await
                .had_own_randomization
        );

        done(&mut scene, Request::Release { resume: false }).await;
        assert_eq!(fake.setting("preassoc_mac_addr"), 1);
        assert_eq!(fake.model.borrow().networks[&4].values["mac_addr"], "2");
        assert_eq!(fake.model.borrow().networks[&3].values["mac_addr"], "-1");
    });
}

#[test]
fn quiet_fails_if_it_would_not_be_quiet() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        for command in ["DISCONNECT", "SET disallow_aps", "PING"] {
            fake.next(command, Turn::Answers(b"FAIL\n"));
            let reply = scene.ask(Request::Quiet).await;
            let Reply::Quiet(Err(Failure::Refused {
                command: refused,
                answer,
            })) = reply
            else {
                panic!("{reply:?}");
            };
            assert!(refused.starts_with(command));
            assert_eq!(answer, "FAIL");
        }
    });
}

#[test]
fn an_older_version_is_good_enough() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.settings.remove("scan_res_valid_for_connect");
        model.settings.remove("p2p_disabled");
        model.settings.remove("max_command_len");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        fake.next("P2P_SET", Turn::Answers(b"FAIL\n"));
        quieted(&mut scene, Request::Attach).await;
        fake.next("BSSID_IGNORE", Turn::Answers(b"UNKNOWN COMMAND\n"));
        done(&mut scene, Request::Connect).await;
        let log = fake.log();
        assert!(changes(&log).ends_with(&["BSSID_IGNORE clear", "BLACKLIST clear", "RECONNECT"]));
        done(&mut scene, Request::Release { resume: false }).await;
        assert!(!changes(&fake.log()).contains(&"P2P_SET disabled 0"));
    });
}

#[test]
fn a_survey_shows_station_networks_and_the_bsss_asked_for() {
    story(async |mut scene| {
        let mut model = Model::new()
            .with_network(0, "Home")
            .with_network(1, "Hidden")
            .with_network(2, "Access point")
            .with_network(5, "DIRECT-x");
        let mut set = |id, name, value: &str| {
            let network = model.networks.get_mut(&id).unwrap();
            network.values.insert(name, value.to_owned());
        };
        set(1, "scan_ssid", "1");
        set(1, "priority", "-3");
        set(1, "key_mgmt", "NONE");
        set(1, "id_str", "\"a flat\"");
        set(2, "mode", "2");
        model.networks.get_mut(&0).unwrap().flags = "[DISABLED]";
        model.networks.get_mut(&5).unwrap().flags = "[DISABLED][P2P-PERSISTENT]";
        model.table = vec![
            row(1, "Home"),
            row(2, ""),
            row(2, "Hidden"),
            row(3, "other"),
        ];
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let bssids = [1, 2].map(|last| Mac([2, 0, 0, 0, 3, last])).to_vec();
        let Reply::Survey(Ok(survey)) = scene.ask(Request::Survey { bssids }).await else {
            panic!("survey");
        };
        let networks: Vec<_> = survey
            .networks
            .iter()
            .map(|n| {
                (
                    n.id,
                    n.ssid.clone(),
                    n.enabled,
                    n.hidden,
                    n.priority,
                    n.ways.clone(),
                    n.id_str.as_str(),
                )
            })
            .collect();
        assert_eq!(
            networks,
            [
                (0, Some(ssid("Home")), false, false, 0, vec![Way::Psk], ""),
                (
                    1,
                    Some(ssid("Hidden")),
                    true,
                    true,
                    -3,
                    vec![Way::Open],
                    "a flat"
                ),
            ]
        );
        let table: Vec<_> = survey
            .table
            .iter()
            .map(|e| (e.ssid.clone(), e.security, e.ways.as_slice()))
            .collect();
        let sae = Security::Sae;
        assert_eq!(
            table,
            [
                (ssid("Home"), sae, &[Way::Sae][..]),
                (ssid(""), sae, &[Way::Sae]),
                (ssid("Hidden"), sae, &[Way::Sae])
            ]
        );
        fake.log();
    });
}

#[test]
fn details_are_read_once_until_something_changes() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        let survey = || Request::Survey { bssids: Vec::new() };
        let reads = |log: Vec<String>| log.iter().any(|c| c.starts_with("GET_NETWORK"));
        scene.ask(survey()).await;
        assert!(reads(fake.log()));
        scene.ask(survey()).await;
        assert!(!reads(fake.log()));
        fake.model.borrow_mut().networks.get_mut(&0).unwrap().flags = "[DISABLED]";
        scene.ask(survey()).await;
        assert!(reads(fake.log()));
        fake.say("CTRL-EVENT-NETWORK-ADDED 1");
        scene.expect(Supplicant::NetworksChanged).await;
        scene.ask(survey()).await;
        assert!(reads(fake.log()));
    });
}

#[test]
fn long_lists_are_read_to_the_end() {
    story(async |mut scene| {
        let mut model = Model::new();
        for id in 0..200 {
            model = model.with_network(id, &format!("a rather long network name {id:03}"));
        }
        model.table = (0..120)
            .map(|last| row(last, "a rather long name"))
            .collect();
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let bssids: Vec<Mac> = (0..120).map(|last| Mac([2, 0, 0, 0, 3, last])).collect();
        let Reply::Survey(Ok(survey)) = scene.ask(Request::Survey { bssids }).await else {
            panic!("survey");
        };
        assert_eq!((survey.networks.len(), survey.table.len()), (200, 120));
        // 200 names do not fit into a command: those that were heard have to do.
        fake.model.borrow_mut().table = vec![row(1, "a rather long network name 007")];
        quieted(&mut scene, Request::Quiet).await;
        assert_eq!(fake.model.borrow().denied.matches("ssid").count(), 1);
    });
}

#[test]
fn pin_connect_and_settle() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        fake.log();
        let except = vec![Mac([2, 0, 0, 0, 3, 9])];
        done(
            &mut scene,
            Request::Pin {
                ssid: ssid("Home"),
                except,
                forget_keys: false,
            },
        )
        .await;
        let flushed = |log: Vec<String>| log.iter().any(|command| command == "PMKSA_FLUSH");
        assert!(!flushed(fake.log()));
        assert_eq!(
            fake.model.borrow().denied,
            "ssid 576f726b bssid 02:00:00:00:03:09"
        );
        done(&mut scene, Request::Connect).await;
        assert_eq!(fake.log().last().map(String::as_str), Some("RECONNECT"));
        done(&mut scene, Request::Settle { ssid: ssid("Home") }).await;
        assert_eq!(fake.model.borrow().denied, "ssid 576f726b");
        fake.log();
        let anew = Request::Pin {
            ssid: ssid("Home"),
            except: Vec::new(),
            forget_keys: true,
        };
        done(&mut scene, anew).await;
        assert!(flushed(fake.log()));
    });
}

#[test]
fn a_scan_after_a_failed_attempt_may_not_send() {
    // A passive scan may follow, but not one that asks for a hidden network by its name.
    for (passive, hidden, flags, ap_scan) in [
        (1, "0", "", 1),
        (1, "1", "[DISABLED]", 1),
        (1, "1", "", 0),
        (0, "0", "", 0),
    ] {
        story(async |mut scene| {
            let mut model = Model::new().with_network(0, "Home").with_network(1, "Work");
            let network = model.networks.get_mut(&1).unwrap();
            network.values.insert("scan_ssid", hidden.to_owned());
            network.flags = flags;
            let fake = Fake::start(&scene.control_dir(), model);
            scene.expect(Supplicant::Appeared).await;
            quieted(&mut scene, Request::Attach).await;
            fake.set("passive_scan", passive);
            done(&mut scene, Request::Connect).await;
            assert_eq!(
                fake.setting("ap_scan"),
                ap_scan,
                "{passive} {hidden} {flags}"
            );
            done(&mut scene, Request::Settle { ssid: ssid("Home") }).await;
            assert_eq!(fake.setting("ap_scan"), 1);
        });
    }
}

#[test]
fn a_refused_connect_lets_scans_again() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        fake.next("RECONNECT", Turn::Answers(b"FAIL\n"));
        let reply = scene.ask(Request::Connect).await;
        assert!(
            matches!(reply, Reply::Done(Err(Failure::Refused { .. }))),
            "{reply:?}"
        );
        assert_eq!(fake.setting("ap_scan"), 1);
    });
}

#[test]
fn release_puts_everything_back() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        fake.set("scan_res_valid_for_connect", 7);
        let before = fake.model.borrow().settings.clone();
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        done(&mut scene, Request::Connect).await;
        quieted(&mut scene, Request::Quiet).await;
        fake.log();
        done(&mut scene, Request::Release { resume: true }).await;
        assert_eq!(fake.model.borrow().settings, before);
        assert_eq!(fake.model.borrow().denied, "");
        let log = fake.log();
        let end = [
            "STA_AUTOCONNECT 1",
            "MAC_RAND_SCAN all enable=0",
            "RECONNECT",
        ];
        assert!(changes(&log).ends_with(&end), "{log:?}");
        assert!(changes(&log).contains(&"P2P_SET disabled 0"));
    });
}

#[test]
fn a_restart_or_the_user_may_change_what_is_put_back() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
        scene.expect(Supplicant::Vanished).await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        fake.set("scan_res_valid_for_connect", 9);
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        done(&mut scene, Request::Release { resume: false }).await;
        assert_eq!(fake.setting("scan_res_valid_for_connect"), 9);
        assert_eq!(fake.setting("passive_scan"), 0);
    });
}

#[test]
fn after_a_kill_the_users_values_are_put_back_all_the_same() {
    story(async |mut scene| {
        let mut fake = Fake::start(&scene.control_dir(), Model::new());
        for restart in [false, true] {
            if restart {
                fake.stop();
                scene.expect(Supplicant::Terminating).await;
                scene.expect(Supplicant::Vanished).await;
                fake = Fake::start(&scene.control_dir(), Model::new());
            }
            fake.set("scan_res_valid_for_connect", 7);
            scene.expect(Supplicant::Appeared).await;
            quieted(&mut scene, Request::Attach).await;
        }
        for _ in 0..2 {
            scene.kill().await;
            scene.expect(Supplicant::Appeared).await;
            quieted(&mut scene, Request::Attach).await;
        }
        done(&mut scene, Request::Release { resume: true }).await;
        assert_eq!(fake.setting("scan_res_valid_for_connect"), 7);
        assert_eq!(fake.setting("passive_scan"), 0);
        assert!(changes(&fake.log()).contains(&"P2P_SET disabled 0"));
        assert!(!scene.target.originals.exists());
    });
}

#[test]
fn another_wpa_supplicant_has_its_own_values_after_a_kill() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        fake.stop();
        let fake = Fake::start(&scene.control_dir(), Model::new());
        fake.set("passive_scan", 1);
        scene.kill().await;
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        done(&mut scene, Request::Release { resume: true }).await;
        assert_eq!(fake.setting("passive_scan"), 1);
    });
}

#[test]
fn every_request_has_its_reply_in_order() {
    story(async |mut scene| {
        let kinds = [
            "Quiet", "Quiet", "Status", "Survey", "Done", "Done", "Done", "Done", "Done",
        ];
        let _fake = Fake::start(&scene.control_dir(), Model::new());
        for round in ["reachable", "gone"] {
            if round == "reachable" {
                scene.expect(Supplicant::Appeared).await;
            } else {
                std::fs::remove_file(scene.control_dir().join("wlan0")).unwrap();
                scene.expect(Supplicant::Vanished).await;
            }
            for request in every_request() {
                scene.requests.send(request).unwrap();
            }
            for kind in kinds {
                let event = scene.event().await;
                let Event::Reply(reply) = &event else {
                    panic!("{event:?}");
                };
                assert!(
                    format!("{reply:?}").starts_with(kind),
                    "{round}: {reply:?} for {kind}"
                );
            }
        }
    });
}

#[test]
fn nonsense_is_survived_and_answered() {
    let listed: Vec<String> = (0..300).map(|id| format!("{id}\t\tany\t\n")).collect();
    let listed = listed.concat();
    for nonsense in [
        &b""[..],
        b"OK\n",
        b"FAIL\n",
        b"7",
        b"-1",
        b"99999999999999999999",
        b"\n\n\n",
        b"\0\xff\xfe",
        b"wpa_state=SCANNING\n",
        b"wpa_state=COMPLETED\nssid=\\x\nbssid=\n",
        b"id=4294967295\n====\n",
        b"id=0\n====\n",
        &vec![b'9'; 8192],
        listed.as_bytes(),
    ] {
        story(async |mut scene| {
            let fake = Fake::start(&scene.control_dir(), Model::new());
            scene.expect(Supplicant::Appeared).await;
            for request in every_request() {
                fake.model.borrow_mut().nonsense = None;
                quieted(&mut scene, Request::Attach).await;
                fake.model.borrow_mut().nonsense = Some(nonsense.to_vec());
                let kind = format!("{:?}", scene.ask(request.clone()).await);
                assert!(
                    kind.contains("Ok") || kind.contains("Refused"),
                    "{request:?}: {kind}"
                );
            }
        });
    }
}

#[test]
fn what_was_not_touched_is_not_put_back() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        done(&mut scene, Request::Release { resume: true }).await;
        assert_eq!(changes(&fake.log()), Vec::<&str>::new());
    });
}

#[test]
fn an_id_that_was_given_out_again_is_left_alone() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        let network = model.networks.get_mut(&0).unwrap();
        network.values.insert("mac_addr", "1".to_owned());
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        let other = Model::new().with_network(0, "Other");
        fake.model.borrow_mut().networks = other.networks;
        done(&mut scene, Request::Release { resume: false }).await;
        assert_eq!(fake.model.borrow().networks[&0].values["mac_addr"], "-1");
    });
}

#[test]
fn a_list_that_begins_anew_is_read_once() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let list = b"id\n0\tHome\tany\t\n1\tWork\tany\t\n";
        fake.next("LIST_NETWORKS LAST_ID", Turn::Answers(list));
        let survey = Request::Survey { bssids: Vec::new() };
        let Reply::Survey(Ok(survey)) = scene.ask(survey).await else {
            panic!("survey");
        };
        assert_eq!(survey.networks.len(), 2);
    });
}

#[test]
fn settling_never_denies_the_present_bss() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home").with_network(1, "any");
        model.networks.get_mut(&1).unwrap().values.remove("ssid");
        // Its beacons hide the name, and its probe response is forgotten.
        model.table = vec![row(1, ""), row(2, "other")];
        model.status = "bssid=02:00:00:00:03:01\nssid=Home\nwpa_state=COMPLETED\n".to_owned();
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        done(&mut scene, Request::Settle { ssid: ssid("Home") }).await;
        assert_eq!(fake.model.borrow().denied, "bssid 02:00:00:00:03:02");
    });
}
