//! What makes wpa_supplicant scan while it is connected is switched off and restored.

use std::collections::BTreeMap;

use super::fake::{Fake, Model};
use super::*;

const BACKGROUND: &str = "\"simple:5:-45:5\"";
const CONNECTED: &str = "bssid=02:00:00:00:03:00\nfreq=2412\nssid=Home\nid=0\nwpa_state=COMPLETED\naddress=06:00:00:00:00:01\n";

/// The first network scans in the background, the second one is hidden, the third one both.
fn model() -> Model {
    let mut model = Model::new()
        .with_network(0, "Home")
        .with_network(1, "Secret")
        .with_network(2, "Both");
    for (id, name, value) in [
        (0, "bgscan", BACKGROUND),
        (1, "scan_ssid", "1"),
        (2, "bgscan", BACKGROUND),
        (2, "scan_ssid", "1"),
    ] {
        set(&mut model, id, name, value);
    }
    model
}

fn set(model: &mut Model, id: u32, name: &'static str, value: &str) {
    let network = model.networks.get_mut(&id).unwrap();
    network.values.insert(name, value.to_owned());
}

/// The last network is read again, and has another id now.
fn renumber(model: &mut Model, id: u32) {
    let (_, network) = model.networks.pop_last().unwrap();
    model.networks.insert(id, network);
    set(model, id, "bgscan", BACKGROUND);
}

/// `bgscan` and `scan_ssid` of each network.
fn blocks(fake: &Fake) -> Vec<(String, String)> {
    let model = fake.model.borrow();
    let networks = model.networks.values();
    let value = |values: &BTreeMap<&str, String>, name| values.get(name).cloned();
    networks
        .map(|network| {
            let bgscan = value(&network.values, "bgscan").unwrap_or_default();
            (bgscan, value(&network.values, "scan_ssid").unwrap())
        })
        .collect()
}

fn pairs(expected: [(&str, &str); 3]) -> Vec<(String, String)> {
    let owned = |(bgscan, hidden): (&str, &str)| (bgscan.to_owned(), hidden.to_owned());
    expected.map(owned).into()
}

const SILENT: [(&str, &str); 3] = [("\"\"", "0"); 3];
const OF_THE_USER: [(&str, &str); 3] = [(BACKGROUND, "0"), ("", "1"), (BACKGROUND, "1")];

#[test]
fn blocks_are_silenced_restored_and_still_known_as_hidden() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), model());
        attach(&mut scene).await;
        assert_eq!(blocks(&fake), pairs(SILENT));
        // Another macveil after a kill.
        scene.restart().await;
        attach(&mut scene).await;
        let bssids = Vec::new();
        let Reply::NetworkList(Ok(list)) = scene.request(Request::ListNetworks { bssids }).await
        else {
            panic!("no list");
        };
        let hidden: Vec<_> = list.networks.iter().map(|it| it.hidden).collect();
        assert_eq!(hidden, [false, true, true]);
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(blocks(&fake), pairs(OF_THE_USER));
    });
}

#[test]
fn empty_bgscan_of_the_user_stays() {
    story(async |mut scene| {
        let mut model = model();
        set(&mut model, 1, "bgscan", "\"\"");
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        done(&mut scene, Request::Restore { resume: true }).await;
        let restored = [OF_THE_USER[0], ("\"\"", "1"), OF_THE_USER[2]];
        assert_eq!(blocks(&fake), pairs(restored));
    });
}

#[test]
fn lines_of_networks_that_are_gone_are_forgotten() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), model());
        attach(&mut scene).await;
        for id in 3..9 {
            renumber(&mut fake.model.borrow_mut(), id);
            quiesce(&mut scene, Request::Quiesce).await;
        }
        let saved = std::fs::read_to_string(&scene.target.saved_settings).unwrap();
        let lines = saved.lines().filter(|line| line.contains("bgscan"));
        assert_eq!(lines.count(), 3, "{saved}");
    });
}

#[test]
fn joined_network_keeps_its_keys() {
    story(async |mut scene| {
        let mut model = model();
        set(&mut model, 0, "scan_ssid", "1");
        CONNECTED.clone_into(&mut model.status);
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        assert_eq!(blocks(&fake), pairs([("\"\"", "1"), SILENT[1], SILENT[2]]));
        quiesce(&mut scene, Request::Quiesce).await;
        assert_eq!(blocks(&fake), pairs(SILENT));
    });
}

#[test]
fn block_changed_by_the_user_is_silenced_before_it_is_joined() {
    for request in [
        Request::SelectNetwork {
            ssid: ssid("Home"),
            except: Vec::new(),
            limits: Vec::new(),
            forget_keys: false,
        },
        Request::Silence,
    ] {
        story(async |mut scene| {
            let fake = Fake::start(&scene.control_dir(), model());
            attach(&mut scene).await;
            let other = "\"learn:9:-60:99\"";
            set(&mut fake.model.borrow_mut(), 0, "bgscan", other);
            done(&mut scene, request.clone()).await;
            assert_eq!(blocks(&fake), pairs(SILENT));
            // The user's last change stays.
            set(&mut fake.model.borrow_mut(), 2, "bgscan", other);
            done(&mut scene, Request::Restore { resume: true }).await;
            let restored = [(other, "0"), ("", "1"), (other, "1")];
            assert_eq!(blocks(&fake), pairs(restored));
        });
    }
}

#[test]
fn network_with_the_id_of_another_one_is_left_alone() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), model());
        attach(&mut scene).await;
        set(&mut fake.model.borrow_mut(), 2, "ssid", "\"Other\"");
        done(&mut scene, Request::Restore { resume: true }).await;
        assert_eq!(
            blocks(&fake),
            pairs([OF_THE_USER[0], OF_THE_USER[1], SILENT[2]])
        );
    });
}
