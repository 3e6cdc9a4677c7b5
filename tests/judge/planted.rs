//! The judge against the captures that `audit` is tested with: one way in which a station tells who it is in each.

use macveil_testkit::air::{Frame, Mac};
use macveil_testkit::judge::{self, AccessPoint, Brief, Leak};
use macveil_testkit::planted::{self, HOME, OTHER, PERMANENT, Planted};

/// Where the station roams, both access points are of one network.
const ROAMING: [&str; 2] = ["roaming", "roaming that the sniffer missed"];

fn brief(planted: &Planted, permanent: Mac) -> Brief {
    let other: &[u8] = if ROAMING.contains(&planted.name) {
        b"Home"
    } else {
        b"Cafe"
    };
    let ap = |name: &str, ssid: &[u8]| AccessPoint {
        name: name.to_owned(),
        ssid: ssid.to_vec(),
        ..AccessPoint::default()
    };
    Brief {
        permanent: [(permanent, "wlan0".to_owned())].into(),
        access_points: [(HOME, ap("home", b"Home")), (OTHER, ap("cafe", other))].into(),
        stations: 1,
        ..Brief::default()
    }
}

/// The leaks and what is told besides, but for that these captures have few beacons.
fn leaks(planted: &Planted, permanent: Mac) -> Vec<String> {
    let frames = planted.frames.iter().enumerate();
    let frames: Vec<_> = frames
        .map(|(number, (at, bytes))| Frame::read(number + 1, *at, None, bytes))
        .collect();
    let verdict = judge::judge(&frames, &brief(planted, permanent));
    let all = verdict.leaks.all();
    all.filter(|(leak, _)| *leak != Leak::AbsentAccessPoint)
        .map(|(leak, evidence)| format!("{leak}: {}", evidence[0].detail))
        .collect()
}

#[test]
fn every_planted_way_to_tell_who_a_station_is_is_found() {
    let all = planted::all();
    let missed: Vec<_> = all
        .iter()
        .filter(|it| leaks(it, PERMANENT).is_empty())
        .map(|it| it.name)
        .collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn captures_without_a_leak_are_clean() {
    let all = planted::all_clean();
    // The address of a multi-link device in them is a network's.
    let unknown = Mac([0x02, 1, 2, 3, 4, 5]);
    let wrong: Vec<_> = all
        .iter()
        .map(|it| (it.name, leaks(it, unknown)))
        .filter(|(_, leaks)| !leaks.is_empty())
        .collect();
    assert_eq!(wrong, []);
}
