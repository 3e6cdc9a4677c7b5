//! Lists of networks and BSSs.

use super::fake::{Fake, Model, Turn};
use super::*;
use macveil_core::types::{KeyMgmt, Mac, SecurityLevel};

#[test]
fn list_has_station_networks_and_requested_bsss() {
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
        let Reply::NetworkList(Ok(list)) = scene.request(Request::ListNetworks { bssids }).await
        else {
            panic!("a network list");
        };
        let networks: Vec<_> = list
            .networks
            .iter()
            .map(|n| {
                (
                    n.id,
                    n.ssid.clone(),
                    n.enabled,
                    n.hidden,
                    n.priority,
                    n.key_mgmt.clone(),
                    n.id_str.as_str(),
                )
            })
            .collect();
        assert_eq!(
            networks,
            [
                (
                    0,
                    Some(ssid("Home")),
                    false,
                    false,
                    0,
                    vec![KeyMgmt::Psk],
                    ""
                ),
                (
                    1,
                    Some(ssid("Hidden")),
                    true,
                    true,
                    -3,
                    vec![KeyMgmt::Open],
                    "a flat"
                ),
            ]
        );
        let table: Vec<_> = list
            .table
            .iter()
            .map(|e| (e.ssid.clone(), e.security, e.key_mgmt.as_slice()))
            .collect();
        let sae = SecurityLevel::Sae;
        assert_eq!(
            table,
            [
                (ssid("Home"), sae, &[KeyMgmt::Sae][..]),
                (ssid(""), sae, &[KeyMgmt::Sae]),
                (ssid("Hidden"), sae, &[KeyMgmt::Sae])
            ]
        );
        fake.log();
    });
}

#[test]
fn details_are_cached_until_networks_change() {
    story(async |mut scene| {
        let fake = Fake::start(&scene.control_dir(), Model::new().with_network(0, "Home"));
        scene.expect(Supplicant::Appeared).await;
        let list = || Request::ListNetworks { bssids: Vec::new() };
        let reads = |log: Vec<String>| log.iter().any(|c| c.starts_with("GET_NETWORK"));
        scene.request(list()).await;
        assert!(reads(fake.log()));
        scene.request(list()).await;
        assert!(!reads(fake.log()));
        fake.model.borrow_mut().networks.get_mut(&0).unwrap().flags = "[DISABLED]";
        scene.request(list()).await;
        assert!(reads(fake.log()));
        fake.broadcast("CTRL-EVENT-NETWORK-ADDED 1");
        scene.expect(Supplicant::NetworksChanged).await;
        scene.request(list()).await;
        assert!(reads(fake.log()));
    });
}

#[test]
fn long_lists_are_read_completely() {
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
        let Reply::NetworkList(Ok(list)) = scene.request(Request::ListNetworks { bssids }).await
        else {
            panic!("a network list");
        };
        assert_eq!((list.networks.len(), list.table.len()), (200, 120));
        // 200 SSIDs do not fit into a command, so only those in the BSS table are denied.
        fake.model.borrow_mut().table = vec![row(1, "a rather long network name 007")];
        quiesce(&mut scene, Request::Quiesce).await;
        assert_eq!(fake.model.borrow().denied.matches("ssid").count(), 1);
    });
}

#[test]
fn network_with_reused_id_is_not_restored() {
    story(async |mut scene| {
        let mut model = Model::new().with_network(0, "Home");
        let network = model.networks.get_mut(&0).unwrap();
        network.values.insert("mac_addr", "1".to_owned());
        let fake = Fake::start(&scene.control_dir(), model);
        attach(&mut scene).await;
        let other = Model::new().with_network(0, "Other");
        fake.model.borrow_mut().networks = other.networks;
        done(&mut scene, Request::Restore { resume: false }).await;
        assert_eq!(fake.model.borrow().networks[&0].values["mac_addr"], "-1");
    });
}

#[test]
fn list_that_repeats_its_first_page_is_read_once() {
    story(async |mut scene| {
        let model = Model::new().with_network(0, "Home").with_network(1, "Work");
        let fake = Fake::start(&scene.control_dir(), model);
        scene.expect(Supplicant::Appeared).await;
        let list = b"id\n0\tHome\tany\t\n1\tWork\tany\t\n";
        fake.next("LIST_NETWORKS LAST_ID", Turn::Answer(list));
        let list = Request::ListNetworks { bssids: Vec::new() };
        let Reply::NetworkList(Ok(list)) = scene.request(list).await else {
            panic!("a network list");
        };
        assert_eq!(list.networks.len(), 2);
    });
}
