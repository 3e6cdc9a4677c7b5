//! The judge against the captures that `audit` is tested with: one way in which a station tells who it is in each.

use macveil_testkit::air::{Frame, Mac};
use macveil_testkit::judge::{self, AccessPoint, Brief, Leak};
use macveil_testkit::planted::{self, HOME, OTHER, PERMANENT, Planted};

/// A connected station may answer what its access point asks, and a sniffer's capture can begin late: no leak by
/// the judge's rules, or one that only a person can weigh.
const FOR_AUDIT_ALONE: [&str; 2] = ["beamforming report", "host name alone"];

/// What a sniffer may have missed. The lab's misses nothing, so its judge rightly finds a stranger's frames.
const WITH_FRAMES_MISSED: [&str; 2] = ["roaming", "roaming that the sniffer missed"];

fn brief(permanent: Mac) -> Brief {
    let ap = |name: &str, ssid: &[u8]| AccessPoint {
        name: name.to_owned(),
        ssid: ssid.to_vec(),
        ..AccessPoint::default()
    };
    Brief {
        permanent: [(permanent, "wlan0".to_owned())].into(),
        access_points: [(HOME, ap("home", b"Home")), (OTHER, ap("cafe", b"Cafe"))].into(),
        stations: 1,
        ..Brief::default()
    }
}

/// The leaks, but for that these captures have few beacons.
fn leaks(planted: &Planted, permanent: Mac) -> Vec<String> {
    let frames = planted.frames.iter().enumerate();
    let frames: Vec<_> = frames
        .map(|(number, (at, bytes))| Frame::read(number + 1, *at, None, bytes))
        .collect();
    let verdict = judge::judge(&frames, &brief(permanent));
    let broken = verdict.leaks.broken();
    broken
        .filter(|(leak, _)| *leak != Leak::AbsentAccessPoint)
        .map(|(leak, evidence)| format!("{leak}: {}", evidence[0].detail))
        .collect()
}

#[test]
fn every_planted_way_to_tell_who_a_station_is_is_found() {
    let all = planted::all();
    let missed: Vec<_> = all
        .iter()
        .filter(|it| !FOR_AUDIT_ALONE.contains(&it.name) && leaks(it, PERMANENT).is_empty())
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
        .filter(|it| !WITH_FRAMES_MISSED.contains(&it.name))
        .map(|it| (it.name, leaks(it, unknown)))
        .filter(|(_, leaks)| !leaks.is_empty())
        .collect();
    assert_eq!(wrong, []);
}
