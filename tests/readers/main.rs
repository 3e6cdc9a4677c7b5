//! Compares `macveil audit` with tshark, an independent reader: both read the same capture and must agree
//! on each address, and on each frame of captures of every kind.
//!
//! `make test` reads 20,000 frames. With a million, tshark takes two minutes: `make readers`.
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

mod encodings;
mod frames;
mod tshark;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use macveil::tools::audit::{
    Audit, Capture, KnownAddresses, Leak, LeakFinding, StationReport, Verdict,
};

use encodings::Record;
use macveil_testkit::capture_generator::{Crowd, Generator};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt, SeedableRng};
use tshark::Heard;

const SEED: u64 = 6;
const FRAMES: u64 = 20_000;
/// Fewer than the limit of audit. With more, too many would send frames like access points.
const CROWD: Crowd = Crowd {
    stations: 6_000,
    access_points: 60,
    is_odd: true,
};

/// Subtypes of control frames, without the following.
const CONTROL: [u8; 14] = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
/// This tshark has other names for frames at 60 GHz, and does not read what a Control Wrapper carries.
const EXTENSION: u8 = 0x64;
const WRAPPER: u8 = 0x74;
const RTS: u8 = 0xb4;

fn frames_to_read() -> u64 {
    std::env::var("MACVEIL_FRAMES").map_or(FRAMES, |number| number.parse().unwrap())
}

/// Frames of a crowd, without the sniffer's header. One in eight has a wrong bit in what says what it
/// is, and some are control frames of any subtype.
fn records(seed: u64, count: u64) -> Vec<Record> {
    const HEADER: usize = 16;
    let mut bytes = Vec::new();
    Generator::new(seed, CROWD)
        .write(count, &mut bytes)
        .unwrap();
    let mut chance = StdRng::seed_from_u64(seed);
    let mut records = Vec::new();
    let mut rest = &bytes[..];
    while let Some((header, after)) = rest.split_at_checked(HEADER) {
        let number = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
        let (packet, after) = after.split_at(number(8) as usize);
        let radiotap = usize::from(packet[2]);
        let mut frame = packet[radiotap..].to_vec();
        if frame.len() >= 48 && chance.random_ratio(1, 8) {
            frame[chance.random_range(0..2)] ^= 1 << chance.random_range(0..8_u8);
        }
        if frame.len() >= 48 && chance.random_ratio(1, 64) {
            frame[0] = 4 | CONTROL.choose(&mut chance).unwrap() << 4;
            frame[1] = 0;
        }
        if [EXTENSION, WRAPPER].contains(&frame[0]) {
            frame[0] = RTS;
        }
        records.push(Record {
            micros: u64::from(number(0)) * 1_000_000 + u64::from(number(4)),
            length: number(12) as usize - radiotap,
            frame,
        });
        rest = after;
    }
    records
}

#[test]
fn audit_and_tshark_agree_on_each_frame() {
    let encodings = encodings::all();
    let count = frames_to_read() / encodings.len() as u64;
    let mut differences = Vec::new();
    for (seed, encoding) in (1..).zip(&encodings) {
        let directory = tempfile::tempdir().unwrap();
        let records = records(seed, count);
        differences.extend(frames::differences(&records, encoding, directory.path()));
    }
    assert!(
        differences.is_empty(),
        "{} frames differ, among them:\n{}",
        differences.len(),
        differences[..differences.len().min(20)].join("\n")
    );
    println!(
        "{} frames in {} kinds of captures: both readers agree",
        count * encodings.len() as u64,
        encodings.len()
    );
}

#[test]
fn audit_and_tshark_agree_on_each_address() {
    let frames = frames_to_read();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("air.pcap");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    Generator::begin(&mut file).unwrap();
    Generator::new(SEED, CROWD)
        .write(frames, &mut file)
        .unwrap();
    file.flush().unwrap();

    let mut audit = Audit::new(KnownAddresses::default());
    let mut capture = Capture::new(File::open(&path).unwrap()).unwrap();
    audit.read(&mut capture, |_| {}).unwrap();
    let verdict = audit.judge();
    let heard = tshark::read(&path);

    let counts = verdict.counts;
    assert_eq!(counts.packets, frames);
    assert_eq!(counts.ignored, 0);
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
    // The capture must contain every case.
    assert!(counts.damaged > 0 && counts.truncated > 0 && heard.access_points().len() > 2);
    println!(
        "{frames} frames: {} stations and {} access points, both readers agree",
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
            let counts = [
                sent.first_us,
                sent.last_us,
                sent.probe_requests,
                sent.naming,
                sent.wps_or_p2p,
                sent.authentications,
                sent.associations,
                sent.data,
                sent.deauthentications,
            ];
            (address.to_owned(), format!("{counts:?}"))
        })
        .collect();
    let mut differences = Vec::new();
    // An access point with the address of a station counts as both.
    let stations = verdict.stations.iter();
    for judged in stations.filter(|it| !it.station.is_access_point()) {
        let address = judged.address.to_string().to_lowercase();
        let ours = format!("{:?}", counts_of(judged, begin));
        match theirs.remove(&address) {
            Some(same) if same == ours => {}
            other => differences.push(format!("{address}: audit {ours}, tshark {other:?}")),
        }
    }
    let missed = theirs.iter();
    differences.extend(missed.map(|(address, sent)| format!("{address}: only tshark, {sent}")));
    differences
}

/// In the same order as tshark's counts.
fn counts_of(judged: &StationReport, begin: u64) -> [u64; 9] {
    let station = &judged.station;
    let count = |leak| {
        let found = judged.findings.iter().find(|finding| finding.leak == leak);
        found.map_or(0, |LeakFinding { tally, .. }| tally.count)
    };
    [
        station.any.first.map_or(0, |moment| moment.at) - begin,
        station.last - begin,
        station.probes.count,
        count(Leak::NetworkNamed),
        count(Leak::WpsOrP2p),
        station.authentications,
        station.associations,
        station.data,
        station.deauthentications,
    ]
}
