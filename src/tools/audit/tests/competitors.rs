//! The lab's evening of three programs: what each of them shows is known.

use super::*;
use macveil_testkit::capture_generator::LAB;
use std::ops::Range;

/// Microseconds from the beginning of the capture.
const WPA_SUPPLICANT_ALONE: Range<Micros> = 0..57_500_000;
const MACVEIL: Range<Micros> = 57_500_000..107_500_000;
const NETWORK_MANAGER: Range<Micros> = 107_500_000..Micros::MAX;

fn during(time: Range<Micros>) -> Verdict {
    let mut audit = Audit::new(KnownAddresses {
        permanent: vec![PERMANENT],
        assigned: Vec::new(),
    });
    let mut capture = Capture::new(LAB).unwrap();
    let mut begin = None;
    while let Some(packet) = capture.next_packet().unwrap() {
        let after = packet.at - *begin.get_or_insert(packet.at);
        if time.contains(&after) {
            audit.observe(&packet);
        }
    }
    audit.judge()
}

#[test]
fn wpa_supplicant_alone_shows_the_permanent_address() {
    let verdict = during(WPA_SUPPLICANT_ALONE);
    assert_eq!(
        found(&verdict),
        [
            (Leak::PermanentAddress, 117),
            (Leak::AssignedInProbe, 88),
            (Leak::WpsOrP2p, 88),
            (Leak::Fingerprint, 88),
        ]
    );
    assert_eq!((verdict.stations.len(), verdict.links.len()), (1, 0));
}

#[test]
fn evening_with_macveil_has_no_leak_and_no_link() {
    let verdict = during(MACVEIL);
    assert_eq!(found(&verdict), []);
    assert_eq!((verdict.stations.len(), verdict.links.len()), (43, 0));
    let masks = verdict.stations.iter();
    let masks: Vec<_> = masks.filter(|it| it.station.probes.count > 0).collect();
    assert!(masks.len() == 41 && masks.iter().all(|it| it.station.scans() == 1));
}

#[test]
fn networkmanager_shows_the_permanent_address_later() {
    let verdict = during(NETWORK_MANAGER);
    assert_eq!(
        found(&verdict),
        [
            (Leak::PermanentAddress, 44),
            (Leak::SeveralScans, 2),
            (Leak::Fingerprint, 76),
        ]
    );
    let links: Vec<_> = verdict.links.iter().map(|it| it.confidence).collect();
    assert_eq!(links, [Confidence::Likely]);
}
