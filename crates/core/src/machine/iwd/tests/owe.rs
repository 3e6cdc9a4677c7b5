//! OWE in transition mode: iwd takes both halves for one open network, and asks for a hidden half by its name
//! that the kernel does not know by it, under the network's address.

use std::time::Duration;

use super::bench::{Bench, network};
use super::rest::heard;
use super::*;
use crate::types::{Bss, OweTransition, Ssid};

const OPEN: Mac = Mac([2, 0, 0, 0, 1, 0]);
const HIDDEN: Mac = Mac([2, 0, 0, 0, 2, 0]);

fn cafe() -> NetworkId {
    NetworkId {
        joining: Joining::Open,
        ..network("Cafe")
    }
}

fn half(bssid: Mac, name: &str, other: (Mac, &str)) -> Bss {
    let ssid = |name: &str| Ssid::new(name.as_bytes()).unwrap();
    Bss {
        bssid,
        ssid: ssid(name),
        owe: Some(OweTransition {
            bssid: other.0,
            ssid: ssid(other.1),
        }),
        ..heard("Cafe", 20)
    }
}

/// The open half, the hidden one, and that one by its name.
fn halves() -> [Bss; 3] {
    let open = (OPEN, "Cafe");
    [
        half(OPEN, "Cafe", (HIDDEN, "Cafe-OWE")),
        half(HIDDEN, "", open),
        half(HIDDEN, "Cafe-OWE", open),
    ]
}

fn lost() -> Bench {
    let mut bench = Bench::empty("stable-ssid", true);
    bench.knows(cafe(), None);
    bench.appears(None);
    bench.iwd_at(StationPhase::Connecting, cafe());
    let address = bench.filed();
    bench.sets(address);
    bench.shows(address);
    bench.iwd_at(StationPhase::Connected, cafe());
    bench.is_lost();
    bench.asked();
    bench
}

#[test]
fn hidden_half_that_iwd_would_name_is_cut_off() {
    let [open, hidden, named] = halves();
    for (air, bounces) in [
        (vec![open.clone()], 1),
        (vec![open.clone(), hidden.clone()], 1),
        (vec![open, hidden, named], 0),
        (vec![heard("Cafe", 20)], 0),
    ] {
        let mut bench = lost();
        bench.air = air;
        bench.iwd_at(StationPhase::Connecting, cafe());
        assert_eq!(bench.bounces, bounces, "{:?}", bench.air);
    }
}

/// iwd would join the open half.
#[test]
fn pair_is_joined_only_once_its_hidden_half_is_named() {
    let [open, hidden, named] = halves();
    for (air, is_joined) in [
        (vec![open.clone()], false),
        (vec![open.clone(), hidden.clone()], false),
        (vec![open, hidden, named], true),
    ] {
        let mut bench = lost();
        bench.air = air;
        bench.external_scan(true);
        bench.pass(Duration::from_millis(300));
        assert_eq!(bench.asked(), [], "iwd may be asking for it");
        bench.tell(Event::Scan(ScanEvent::Ended));
        bench.pass(Duration::from_millis(100));
        let asked = bench.asked();
        assert_eq!(asked.contains(&Request::Connect(cafe())), is_joined);
    }
}
