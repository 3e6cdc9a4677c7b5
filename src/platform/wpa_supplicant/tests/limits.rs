//! Networks that may join some BSSs only.

use super::fake::{Fake, Model};
use super::*;
use macveil_core::machine::wpa::{Failure, NetworkLimit};
use macveil_core::types::Mac;

const NEAR: Mac = Mac([2, 0, 0, 0, 3, 1]);
const FAR: Mac = Mac([2, 0, 0, 0, 3, 2]);

fn limit(id: u32, bssids: &[Mac]) -> NetworkLimit {
    let bssids = bssids.to_vec();
    NetworkLimit { id, bssids }
}

fn select(limits: Vec<NetworkLimit>) -> Request {
    Request::SelectNetwork {
        ssid: ssid("Home"),
        except: Vec::new(),
        limits,
        forget_keys: false,
    }
}

fn allow_roaming(limits: Vec<NetworkLimit>) -> Request {
    Request::AllowRoaming {
        ssid: ssid("Home"),
        except: vec![FAR],
        limits,
    }
}

/// Two networks of one SSID; the second accepts two BSSs.
fn model() -> Model {
    let mut model = Model::new().with_network(0, "Home").with_network(1, "Home");
    let values = &mut model.networks.get_mut(&1).unwrap().values;
    values.insert("bssid_accept", THEIRS.to_owned());
    model
}

const THEIRS: &str = "02:00:00:00:03:02 02:00:00:00:03:09";

fn accepted(fake: &Fake) -> [Option<String>; 2] {
    let model = fake.model.borrow();
    [0, 1].map(|id| model.networks[&id].values.get("bssid_accept").cloned())
}

#[test]
fn limits_are_set_changed_and_lifted() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), model());
        attach(&mut scene).await;
        let limits = vec![limit(0, &[NEAR, FAR]), limit(1, &[NEAR, FAR])];
        done(&mut scene, select(limits.clone())).await;
        let both = "02:00:00:00:03:01 02:00:00:00:03:02".to_owned();
        assert_eq!(accepted(&fake), [Some(both), Some(FAR.to_string())]);
        fake.log();
        done(&mut scene, allow_roaming(limits)).await;
        assert_eq!(
            changes(&fake.log()),
            [
                "SET disallow_aps bssid 02:00:00:00:03:02",
                "AP_SCAN 1",
                "SIGNAL_MONITOR THRESHOLD=-70 HYSTERESIS=4"
            ]
        );
        done(&mut scene, allow_roaming(vec![limit(0, &[])])).await;
        let none = "00:00:00:00:00:00".to_owned();
        assert_eq!(accepted(&fake), [Some(none), Some(THEIRS.to_owned())]);
        quiesce(&mut scene, Request::Quiesce).await;
        assert_eq!(accepted(&fake), [None, Some(THEIRS.to_owned())]);
    });
}

#[test]
fn limits_are_lifted_at_exit_also_after_a_kill() {
    story(async |mut scene| {
        let mut model = model();
        model.status = "wpa_state=COMPLETED\naddress=02:00:00:00:00:01\nbssid=02:00:00:00:03:01\nssid=Home\nid=0\n".to_owned();
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        let limits = vec![limit(0, &[NEAR]), limit(1, &[])];
        done(&mut scene, select(limits.clone())).await;
        scene.restart().await;
        attach(&mut scene).await;
        done(&mut scene, allow_roaming(limits)).await;
        assert_eq!(accepted(&fake)[0], Some(NEAR.to_string()));
        done(&mut scene, Request::Restore { resume: false }).await;
        assert_eq!(accepted(&fake), [None, Some(THEIRS.to_owned())]);
    });
}

#[test]
fn limit_of_a_network_that_is_gone_fails() {
    story(async |mut scene| {
        let _fake = Fake::start(&scene.control_dir(), model());
        attach(&mut scene).await;
        let reply = scene.request(select(vec![limit(7, &[NEAR])])).await;
        assert!(matches!(reply, Reply::Done(Err(Failure::Refused { .. }))));
    });
}

#[test]
fn too_many_denied_bsss_fail_unless_the_networks_are_limited() {
    let except: Vec<Mac> = (0..=255).map(|last| Mac([2, 0, 0, 0, 4, last])).collect();
    for (limits, succeeds) in [(vec![limit(0, &[NEAR])], true), (Vec::new(), false)] {
        story(async |mut scene| {
            let mut model = model();
            model.settings.insert("max_command_len".to_owned(), 4096);
            let _fake = Fake::start(&scene.control_dir(), model);
            attach(&mut scene).await;
            let request = Request::SelectNetwork {
                ssid: ssid("Home"),
                except: except.clone(),
                limits: limits.clone(),
                forget_keys: false,
            };
            let reply = scene.request(request).await;
            assert_eq!(matches!(reply, Reply::Done(Ok(()))), succeeds);
        });
    }
}
