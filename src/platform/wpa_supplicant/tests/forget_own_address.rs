//! Makes wpa_supplicant forget an address without sending a frame.

use super::fake::{Fake, Model, Turn};
use super::*;
use macveil_core::machine::wpa::Failure;

fn failure_text(reply: &Reply) -> Option<&str> {
    match reply {
        Reply::Done(Err(Failure::Refused { answer, .. })) => Some(answer),
        _ => None,
    }
}

#[test]
fn association_is_queued_behind_radio_work_and_removed() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        fake.next("RECONNECT", Turn::Message("CTRL-EVENT-NETWORK-NOT-FOUND "));
        assert_eq!(
            scene.request(Request::ForgetOwnAddress).await,
            Reply::Done(Ok(()))
        );
        let log = fake.log();
        let from = log
            .iter()
            .position(|c| c.starts_with("RADIO_WORK add"))
            .unwrap();
        assert_eq!(
            log[from..],
            [
                "RADIO_WORK add macveil-forget timeout=5",
                "AP_SCAN 0",
                "RECONNECT",
                "RADIO_WORK show",
                "DISCONNECT",
                "DISCONNECT",
                "RADIO_WORK done 7",
                "AP_SCAN 1",
            ]
        );
        assert!(fake.model.borrow().works.is_empty());
        scene.expect_no_event().await;
        // Only after the request.
        fake.broadcast("CTRL-EVENT-NETWORK-NOT-FOUND ");
        scene.expect(Supplicant::NetworkNotFound).await;
    });
}

#[test]
fn request_without_bss_fails() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.finds_bss = false;
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let reply = scene.request(Request::ForgetOwnAddress).await;
        assert_eq!(failure_text(&reply), Some("no BSS to associate to"));
        assert!(fake.model.borrow().works.is_empty());
        assert_eq!(fake.setting("ap_scan"), 1);
    });
}

#[test]
fn request_with_busy_radio_times_out() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        model.radio_free = false;
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let reply = scene.request(Request::ForgetOwnAddress).await;
        assert_eq!(failure_text(&reply), Some("the radio is busy"));
        assert!(fake.model.borrow().works.is_empty());
        assert!(!fake.log().contains(&"RECONNECT".to_owned()));
    });
}

#[test]
fn request_that_could_send_frames_is_rejected() {
    let connected = "wpa_state=COMPLETED\n";
    let down = "wpa_state=INTERFACE_DISABLED\n";
    for (status, mode, key_mgmt, interworking) in [
        (connected, "0", "SAE", 0),
        (down, "0", "SAE", 0),
        ("", "2", "SAE", 0),
        ("", "0", "DPP", 0),
        ("", "0", "SAE", 1),
    ] {
        story(async |mut scene| {
            let mut model = Model::new().with_network(0, "Home");
            if !status.is_empty() {
                model.status = status.to_owned();
            }
            let network = model.networks.get_mut(&0).unwrap();
            network.values.insert("mode", mode.to_owned());
            network.values.insert("key_mgmt", key_mgmt.to_owned());
            model
                .settings
                .insert("auto_interworking".to_owned(), interworking);
            let fake = Fake::start(&scene.control_dir(), model);
            scene.expect(Supplicant::Appeared).await;
            assert!(failure_text(&scene.request(Request::ForgetOwnAddress).await).is_some());
            let log = fake.log();
            assert!(
                !log.iter()
                    .any(|c| c.starts_with("RADIO_WORK") || c == "RECONNECT"),
                "{log:?}"
            );
        });
    }
}

#[test]
fn lost_radio_work_does_not_block_later_work() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        fake.next("RADIO_WORK done", Turn::Answer(b"FAIL\n"));
        assert_eq!(
            scene.request(Request::ForgetOwnAddress).await,
            Reply::Done(Ok(()))
        );
        let log = fake.log();
        let adds = log
            .iter()
            .filter(|c| c.starts_with("RADIO_WORK add"))
            .count();
        let ends = log.iter().filter(|c| *c == "RADIO_WORK done 7").count();
        assert_eq!((adds, ends), (2, 2));
    });
}

#[test]
fn radio_work_left_by_a_kill_is_ended_by_the_successor() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        attach(&mut scene).await;
        fake.next("RADIO_WORK show", Turn::Delay(Duration::from_millis(300)));
        scene.requests.send(Request::ForgetOwnAddress).unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        scene.restart().await;
        scene.expect(Supplicant::Appeared).await;
        // The link went down meanwhile, and the queue was emptied.
        fake.model.borrow_mut().works.clear();
        fake.log();
        for ended in [1, 0] {
            quiesce(&mut scene, Request::Quiesce).await;
            let log = fake.log();
            let ends = log.iter().filter(|it| *it == "RADIO_WORK done 7");
            assert_eq!(ends.count(), ended, "{log:?}");
        }
    });
}
