//! The effect of each request on wpa_supplicant.

use super::fake::{Fake, Model, Turn};
use super::*;
use macveil_core::machine::wpa::{Failure, OtherMode, Phase};
use macveil_core::types::{Mac, Ssid};

fn every_request() -> [Request; 11] {
    let mac = Mac([2, 0, 0, 0, 3, 0]);
    [
        Request::Attach,
        Request::Quiesce,
        Request::Status,
        Request::ListNetworks { bssids: vec![mac] },
        Request::SelectNetwork {
            ssid: ssid("a"),
            except: vec![mac],
            limits: Vec::new(),
            forget_keys: true,
        },
        Request::ForgetOwnAddress,
        Request::StartHotspot { id: 0 },
        Request::Connect,
        allow_roaming(ssid("a")),
        Request::Silence,
        Request::Restore { resume: true },
    ]
}

#[test]
fn quiesce_stops_all_automatic_actions() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        let found = attach(&mut scene).await;
        assert_eq!(found.status.phase, Phase::Scanning);
        assert!(!found.had_own_randomization);
        let first = std::path::Path::new("pid:[4026531836]");
        let is_first = std::fs::read_link("/proc/self/ns/pid").unwrap() == first;
        assert_eq!(found.is_watched, is_first);
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
                "SET bss_expiration_age 15",
                "SET_NETWORK 0 bgscan \"\"",
                "SET_NETWORK 1 bgscan \"\"",
                "MAC_RAND_SCAN all enable=1",
                "SET disallow_aps ssid 486f6d65 ssid 576f726b",
            ]
        );
        let end = ["PING", "ATTACH", "LEVEL 9", "PING"];
        assert_eq!(log[log.len() - 4..], end);
    });
}

#[test]
fn second_quiesce_reverts_user_changes() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        attach(&mut scene).await;
        // RECONFIGURE.
        fake.set("passive_scan", 0);
        fake.set("p2p_disabled", 0);
        fake.set("ap_scan", 0);
        fake.model.borrow_mut().denied.clear();
        fake.log();
        quiesce(&mut scene, Request::Quiesce).await;
        for (name, value) in [("passive_scan", 1), ("p2p_disabled", 1), ("ap_scan", 1)] {
            assert_eq!(fake.setting(name), value, "{name}");
        }
        assert_eq!(fake.model.borrow().denied, "ssid 486f6d65");
        assert!(changes(&fake.log()).contains(&"DISCONNECT"));
    });
}

#[test]
fn attach_keeps_an_existing_connection() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.status = "bssid=02:00:00:00:03:00\nfreq=2412\nssid=Home\nid=0\nwpa_state=COMPLETED\naddress=06:00:00:00:00:01\n".to_owned();
        model.settings.insert("preassoc_mac_addr".to_owned(), 1);
        let fake = Fake::start(&scene.control_dir(), model);
        let found = attach(&mut scene).await;
        assert_eq!(found.status.ssid, Some(ssid("Home")));
        assert!(found.had_own_randomization);
        assert_eq!(
            changes(&fake.log()),
            [
                "STA_AUTOCONNECT 0",
                "P2P_SET disabled 1",
                "SET p2p_disabled 1",
                "SET passive_scan 1",
                "SET scan_res_valid_for_connect 0",
                "SET bss_expiration_age 15",
                "SET_NETWORK 0 bgscan \"\"",
            ]
        );
        // macveil's own value does not mean that the configuration was read again.
        assert!(!quiesce(&mut scene, Request::Quiesce).await.reconfigured);
        assert_eq!(fake.setting("scan_res_valid_for_connect"), 20);
    });
}

#[test]
fn own_randomization_is_disabled_and_reported() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(3, "Home").with_network(4, "Work");
        model.settings.insert("preassoc_mac_addr".to_owned(), 1);
        let network = model.networks.get_mut(&4).unwrap();
        network.values.insert("mac_addr", "2".to_owned());
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        assert!(
            quiesce(&mut scene, Request::Attach)
                .await
                .had_own_randomization
        );
        assert_eq!(fake.setting("preassoc_mac_addr"), 0);
        assert_eq!(fake.model.borrow().networks[&4].values["mac_addr"], "0");
        assert_eq!(fake.model.borrow().networks[&3].values["mac_addr"], "-1");
        assert!(
            !quiesce(&mut scene, Request::Quiesce)
                .await
                .had_own_randomization
        );

        done(&mut scene, Request::Restore { resume: false }).await;
        assert_eq!(fake.setting("preassoc_mac_addr"), 1);
        assert_eq!(fake.model.borrow().networks[&4].values["mac_addr"], "2");
        assert_eq!(fake.model.borrow().networks[&3].values["mac_addr"], "-1");
    });
}

#[test]
fn quiesce_fails_if_a_required_command_fails() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        for command in ["DISCONNECT", "SET disallow_aps", "PING"] {
            fake.next(command, Turn::Answer(b"FAIL\n"));
            let reply = scene.request(Request::Quiesce).await;
            let Reply::Quiesce(Err(Failure::Refused {
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
fn older_version_is_sufficient() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.settings.remove("scan_res_valid_for_connect");
        model.settings.remove("p2p_disabled");
        model.settings.remove("max_command_len");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        fake.next("P2P_SET", Turn::Answer(b"FAIL\n"));
        quiesce(&mut scene, Request::Attach).await;
        fake.next("BSSID_IGNORE", Turn::Answer(b"UNKNOWN COMMAND\n"));
        done(&mut scene, Request::Connect).await;
        let log = fake.log();
        assert!(changes(&log).ends_with(&[
            "BSSID_IGNORE clear",
            "BLACKLIST clear",
            "RECONNECT",
            "SET scan_res_valid_for_connect 0"
        ]));
        done(&mut scene, Request::Restore { resume: false }).await;
        assert!(!changes(&fake.log()).contains(&"P2P_SET disabled 0"));
    });
}

#[test]
fn select_connect_and_allow_roaming() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        fake.log();
        let except = vec![Mac([2, 0, 0, 0, 3, 9])];
        done(
            &mut scene,
            Request::SelectNetwork {
                ssid: ssid("Home"),
                except,
                limits: Vec::new(),
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
        let last = ["RECONNECT", "SET scan_res_valid_for_connect 0"];
        assert!(changes(&fake.log()).ends_with(&last));
        done(&mut scene, allow_roaming(ssid("Home"))).await;
        assert_eq!(fake.model.borrow().denied, "ssid 576f726b");
        fake.log();
        let reselect = Request::SelectNetwork {
            ssid: ssid("Home"),
            except: Vec::new(),
            limits: Vec::new(),
            forget_keys: true,
        };
        done(&mut scene, reselect).await;
        assert!(flushed(fake.log()));
    });
}

#[test]
fn supplicant_with_the_user_s_settings_joins_nothing() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        attach(&mut scene).await;
        let select = Request::SelectNetwork {
            ssid: ssid("Home"),
            except: Vec::new(),
            limits: Vec::new(),
            forget_keys: false,
        };
        done(&mut scene, select.clone()).await;
        // As after `wpa_cli reconfigure`.
        fake.set("passive_scan", 0);
        let reply = scene.request(select.clone()).await;
        assert!(
            matches!(reply, Reply::Done(Err(Failure::Refused { .. }))),
            "{reply:?}"
        );
        quiesce(&mut scene, Request::Quiesce).await;
        done(&mut scene, select).await;
    });
}

#[test]
fn scan_after_failed_attempt_is_silent() {
    // A passive scan can follow, but not one that probes a hidden network by name.
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
            attach(&mut scene).await;
            fake.set("passive_scan", passive);
            done(&mut scene, Request::Connect).await;
            assert_eq!(
                fake.setting("ap_scan"),
                ap_scan,
                "{passive} {hidden} {flags}"
            );
            done(&mut scene, allow_roaming(ssid("Home"))).await;
            assert_eq!(fake.setting("ap_scan"), 1);
        });
    }
}

#[test]
fn rejected_connect_allows_scans_again() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        fake.next("RECONNECT", Turn::Answer(b"FAIL\n"));
        let reply = scene.request(Request::Connect).await;
        assert!(
            matches!(reply, Reply::Done(Err(Failure::Refused { .. }))),
            "{reply:?}"
        );
        assert_eq!(fake.setting("ap_scan"), 1);
    });
}

#[test]
fn every_request_has_a_reply_in_order() {
    story(async |mut scene| {
        let kinds = [
            "Quiesce",
            "Quiesce",
            "Status",
            "NetworkList",
            "Done",
            "Done",
            "Done",
            "Done",
            "Done",
            "Done",
            "Done",
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
                let WpaEvent::Reply(reply) = &event else {
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
fn malformed_answers_fail_each_request() {
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
                quiesce(&mut scene, Request::Attach).await;
                fake.model.borrow_mut().nonsense = Some(nonsense.to_vec());
                let kind = format!("{:?}", scene.request(request.clone()).await);
                assert!(
                    kind.contains("Ok") || kind.contains("Refused"),
                    "{request:?}: {kind}"
                );
            }
        });
    }
}

#[test]
fn allow_roaming_never_denies_the_current_bss() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home").with_network(1, "any");
        model.networks.get_mut(&1).unwrap().values.remove("ssid");
        // The SSID is hidden and the probe response has expired.
        model.table = vec![row(1, ""), row(2, "other")];
        model.status = "bssid=02:00:00:00:03:01\nssid=Home\nwpa_state=COMPLETED\n".to_owned();
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        done(&mut scene, allow_roaming(ssid("Home"))).await;
        assert_eq!(fake.model.borrow().denied, "bssid 02:00:00:00:03:02");
    });
}

#[test]
fn network_that_a_program_renames_is_denied_when_listed() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        done(&mut scene, allow_roaming(ssid("Home"))).await;
        scene.expect_no_event().await;
        fake.log();
        let bssids = Vec::new();
        let list = Request::ListNetworks { bssids };
        scene.request(list.clone()).await;
        assert!(changes(&fake.log()).is_empty());

        fake.edit(1, "ssid", "\"Cafe\"");
        scene.expect(Supplicant::NetworksChanged).await;
        fake.edit(0, "bgscan", "\"simple:5:-45:5\"");
        scene.expect(Supplicant::NetworksChanged).await;
        scene.request(list.clone()).await;
        let expected = [
            "SET disallow_aps ssid 43616665",
            "SET_NETWORK 0 bgscan \"\"",
        ];
        assert_eq!(changes(&fake.log()), expected);
        scene.expect_no_event().await;
        scene.request(list).await;
        assert!(changes(&fake.log()).is_empty());
    });
}

fn allow_roaming(ssid: Ssid) -> Request {
    Request::AllowRoaming {
        ssid,
        except: Vec::new(),
        limits: Vec::new(),
    }
}

#[test]
fn roam_that_is_refused_does_not_fail() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        let bssid = Mac([2, 0, 0, 0, 3, 1]);
        done(&mut scene, Request::Roam { bssid }).await;
        let log = fake.log();
        assert!(
            log.contains(&"ROAM 02:00:00:00:03:01".to_owned()),
            "{log:?}"
        );
    });
}

#[test]
fn access_point_is_parked_until_it_is_wanted_and_restored() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home").with_network(1, "Mine");
        let network = model.networks.get_mut(&1).unwrap();
        network.values.insert("mode", "2".to_owned());
        network.flags = "[DISABLED]";
        let mut fake = Fake::start(&scene.control_dir(), model);
        let mode = |fake: &Fake| fake.model.borrow().networks[&1].values["mode"].clone();
        attach(&mut scene).await;
        assert_eq!(mode(&fake), "0");
        let list = async |scene: &mut Scene| match scene
            .request(Request::ListNetworks { bssids: Vec::new() })
            .await
        {
            Reply::NetworkList(Ok(list)) => (list.networks.len(), list.other),
            other => panic!("{other:?}"),
        };
        assert_eq!(list(&mut scene).await, (1, None));
        // The user selects it.
        for (id, flags) in [(0, "[DISABLED]"), (1, "[CURRENT]")] {
            fake.model.borrow_mut().networks.get_mut(&id).unwrap().flags = flags;
        }
        let wanted = Some(OtherMode::AccessPoint {
            id: 1,
            ssid: Ssid::new(b"Mine"),
        });
        assert_eq!(list(&mut scene).await, (1, wanted.clone()));
        scene.restart().await;
        scene.expect(Supplicant::Appeared).await;
        quiesce(&mut scene, Request::Quiesce).await;
        assert_eq!(list(&mut scene).await, (1, wanted));
        fake.log();
        done(&mut scene, Request::StartHotspot { id: 1 }).await;
        let log = fake.log();
        assert_eq!(changes(&log), ["SET_NETWORK 1 mode 2", "SELECT_NETWORK 1"]);
        quiesce(&mut scene, Request::Quiesce).await;
        assert_eq!(mode(&fake), "0");
        done(&mut scene, Request::Restore { resume: false }).await;
        assert_eq!(mode(&fake), "2");
        fake.block();
    });
}

#[test]
fn mesh_as_only_network_is_reported() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Mesh");
        let network = model.networks.get_mut(&0).unwrap();
        network.values.insert("mode", "5".to_owned());
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        let request = Request::ListNetworks { bssids: Vec::new() };
        match scene.request(request).await {
            Reply::NetworkList(Ok(list)) => assert_eq!(list.other, Some(OtherMode::Refused)),
            other => panic!("{other:?}"),
        }
        assert_eq!(fake.model.borrow().networks[&0].values["mode"], "0");
    });
}
