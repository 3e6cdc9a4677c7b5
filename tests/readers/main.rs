//! `macveil audit` against an independent reader, tshark: both are given the same capture, and of each
//! address have to tell the same.
//!
//! `make test` has them read 20,000 frames; a million take tshark a minute:
//! `MACVEIL_FRAMES=1000000 cargo test --release --test readers -- --nocapture`
#![allow(
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test program: it may use files, and fail loudly"
)]

mod tshark;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use macveil::tools::audit::{Audit, Capture, Finding, Judged, Known, Leak, Verdict};

use macveil_testkit::capture_generator::{Crowd, Generator};
use tshark::Heard;

const SEED: u64 = 6;
const FRAMES: u64 = 20_000;
/// Fewer than are followed, and so many that few of them are taken for access points.
const CROWD: Crowd = Crowd {
    stations: 6_000,
    access_points: 60,
    is_odd: true,
};

#[test]
fn both_readers_tell_the_same_of_each_address() {
    let frames = std::env::var("MACVEIL_FRAMES").map_or(FRAMES, |it| it.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("air.pcap");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    Generator::begin(&mut file).unwrap();
    Generator::new(SEED, CROWD)
        .write(frames, &mut file)
        .unwrap();
    file.flush().unwrap();

    let mut audit = Audit::new(Known::default());
    let mut capture = Capture::new(File::open(&path).unwrap()).unwrap();
    audit.read(&mut capture, |_| {}).unwrap();
    let verdict = audit.judge();
    let heard = tshark::read(&path);

    let counts = verdict.counts;
    assert_eq!(counts.packets, frames);
    assert_eq!(counts.unfollowed, 0);
    assert_eq!(
        (counts.packets, counts.damaged, counts.truncated),
        (heard.frames, heard.damaged, heard.truncated)
    );
    assert_eq!(verdict.access_points, heard.access_points().len());
    let differences = differences(&verdict, &heard);
    assert!(
        differences.is_empty(),
        "{} addresses differ, among them:\n{}",
        differences.len(),
        differences[..differences.len().min(5)].join("\n")
    );
    // There was something to agree on.
    assert!(counts.damaged > 0 && counts.truncated > 0 && heard.access_points().len() > 2);
    println!(
        "{frames} frames: {} stations and {} access points, of which both readers tell the same",
        verdict.stations.len(),
        verdict.access_points
    );
}

fn differences(verdict: &Verdict, heard: &Heard) -> Vec<String> {
    let begin = verdict.counts.span.map_or(0, |(first, _)| first);
    let mut theirs: BTreeMap<String, String> = heard
        .stations()
        .into_iter()
        .map(|(address, sent)| {
            let told = [
                sent.first_us,
                sent.last_us,
                sent.probe_requests,
                sent.naming,
                sent.wps_or_p2p,
                sent.authentications,
                sent.associations,
                sent.data,
                sent.goodbyes,
            ];
            (address.to_owned(), format!("{told:?}"))
        })
        .collect();
    let mut differences = Vec::new();
    for judged in &verdict.stations {
        let address = judged.address.to_string().to_lowercase();
        let ours = format!("{:?}", told(judged, begin));
        match theirs.remove(&address) {
            Some(same) if same == ours => {}
            other => differences.push(format!("{address}: audit {ours}, tshark {other:?}")),
        }
    }
    let missed = theirs.iter();
    differences.extend(missed.map(|(address, it)| format!("{address}: only tshark, {it}")));
    differences
}

/// In the order of tshark's.
fn told(judged: &Judged, begin: u64) -> [u64; 9] {
    let station = &judged.station;
    let count = |leak| {
        let found = judged.findings.iter().find(|it| it.leak == leak);
        found.map_or(0, |Finding { tally, .. }| tally.count)
    };
    [
        station.any.first.map_or(0, |it| it.at) - begin,
        station.last - begin,
        station.probes.count,
        count(Leak::NetworkNamed),
        count(Leak::WpsOrP2p),
        station.authentications,
        station.associations,
        station.data,
        station.goodbyes,
    ]
}
