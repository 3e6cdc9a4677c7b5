//! What is put back of what was changed.

use super::fake::{Fake, Model};
use super::*;

#[test]
fn release_puts_everything_back() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        fake.set("scan_res_valid_for_connect", 7);
        let before = fake.model.borrow().settings.clone();
        scene.expect(Supplicant::Appeared).await;
        quieted(&mut scene, Request::Attach).await;
        done(&mut scene, Request::Connect).await;
        quieted(&mut scene, Request::Quiesce).await;
        fake.log();
        done(&mut scene, Request::Restore { resume: true }).await;
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
        done(&mut scene, Request::Restore { resume: false }).await;
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
        done(&mut scene, Request::Restore { resume: true }).await;
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
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(fake.setting("passive_scan"), 1);
    });
}

#[test]
fn what_was_not_touched_is_not_put_back() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new());
        scene.expect(Supplicant::Appeared).await;
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(changes(&fake.log()), Vec::<&str>::new());
    });
}
