//! Restoring changed settings.

use super::fake::{Fake, Model, Turn};
use super::*;

#[test]
fn restore_resets_all_settings() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        fake.set("scan_res_valid_for_connect", 7);
        let before = fake.model.borrow().settings.clone();
        attach(&mut scene).await;
        done(&mut scene, Request::Connect).await;
        quiesce(&mut scene, Request::Quiesce).await;
        fake.log();
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(fake.model.borrow().settings, before);
        assert_eq!(fake.model.borrow().denied, "");
        let log = fake.log();
        let end = [
            "STA_AUTOCONNECT 1",
            "MAC_RAND_SCAN all enable=0",
            "SIGNAL_MONITOR",
            "RECONNECT",
        ];
        assert!(changes(&log).ends_with(&end), "{log:?}");
        assert!(changes(&log).contains(&"P2P_SET disabled 0"));
    });
}

#[test]
fn connecting_is_tried_again_until_it_was_accepted() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        let attempts = || {
            let log = fake.log();
            log.iter().filter(|command| *command == "RECONNECT").count()
        };
        attach(&mut scene).await;
        fake.next("RECONNECT", Turn::Answer(b"FAIL\n"));
        for expected in [1, 1, 0] {
            done(&mut scene, Request::Restore { resume: true }).await;
            assert_eq!(attempts(), expected);
        }
    });
}

#[test]
fn restore_uses_values_after_restart_or_user_change() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        attach(&mut scene).await;
        fake.stop();
        scene.expect(Supplicant::Terminating).await;
        scene.expect(Supplicant::Vanished).await;
        let fake = Fake::start(&scene.control_dir(), Model::new());
        fake.set("scan_res_valid_for_connect", 9);
        attach(&mut scene).await;
        done(&mut scene, Request::Restore { resume: false }).await;
        assert_eq!(fake.setting("scan_res_valid_for_connect"), 9);
        assert_eq!(fake.setting("passive_scan"), 0);
    });
}

#[test]
fn restore_after_a_kill_uses_the_users_values() {
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
            attach(&mut scene).await;
        }
        for _ in 0..2 {
            scene.restart().await;
            attach(&mut scene).await;
        }
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(fake.setting("scan_res_valid_for_connect"), 7);
        assert_eq!(fake.setting("passive_scan"), 0);
        assert!(changes(&fake.log()).contains(&"P2P_SET disabled 0"));
        assert!(!scene.target.saved_settings.exists());
    });
}

#[test]
fn new_wpa_supplicant_after_a_kill_keeps_its_values() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        attach(&mut scene).await;
        fake.stop();
        let fake = Fake::start(&scene.control_dir(), Model::new());
        fake.set("passive_scan", 1);
        scene.restart().await;
        attach(&mut scene).await;
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(fake.setting("passive_scan"), 1);
    });
}

#[test]
fn unchanged_settings_are_not_restored() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(changes(&fake.log()), Vec::<&str>::new());
    });
}
