//! How fast a capture is judged, and in how much memory: `cargo bench --bench audit`. It prints figures and
//! fails at nothing. Time is the processor's, which does not depend on other work of the machine.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark reads the clock and prints what it found"
)]

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

use macveil::tools::audit::{Audit, Capture, KnownAddresses, draw};

use macveil_testkit::capture_generator::{Crowd, Generator};

const SEED: u64 = 6;
/// A lively place, heard for longer and longer.
const PLACE: Crowd = Crowd {
    stations: 300,
    access_points: 60,
    is_odd: false,
};
const FRAMES: [u64; 3] = [200_000, 1_000_000, 3_000_000];
/// More than are followed.
const CITY: Crowd = Crowd {
    stations: 25_000,
    ..PLACE
};

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let place = [false, true].map(|it| FRAMES.map(|frames| (PLACE, frames, it)));
    let city = [false, true].map(|it| (CITY, 3_000_000, it));
    // What was used most is never less than before: what needs more comes later.
    for (crowd, frames, with_picture) in place.into_iter().flatten().chain(city) {
        let path = directory.path().join("air.pcap");
        let mut file = BufWriter::new(File::create(&path).unwrap());
        Generator::begin(&mut file).unwrap();
        let bytes = Generator::new(SEED, crowd)
            .write(frames, &mut file)
            .unwrap();
        file.into_inner().unwrap().sync_all().unwrap();
        let begin = processor_seconds();
        judge(&path, with_picture);
        println!(
            "{frames} frames of {} addresses, {} MB, judged{}: {:.0} MB/s, most memory so far {}",
            crowd.stations + crowd.access_points,
            bytes / 1_000_000,
            if with_picture { " and drawn" } else { "" },
            bytes as f64 / 1e6 / (processor_seconds() - begin),
            most_memory()
        );
    }
}

fn judge(path: &Path, with_picture: bool) {
    let mut audit = Audit::new(KnownAddresses::default());
    if with_picture {
        audit = audit.with_timeline();
    }
    let mut capture = Capture::new(File::open(path).unwrap()).unwrap();
    audit.read(&mut capture, |_| {}).unwrap();
    let timeline = audit.take_timeline();
    let verdict = audit.judge();
    let picture = timeline.map(|it| draw(&verdict, &it, "air.pcap"));
    assert_eq!(picture.is_some(), with_picture);
}

fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most that this process has had resident.
fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM"));
    let words = line.and_then(|it| it.split_once(':'));
    words.map_or_else(String::new, |(_, it)| it.trim().to_owned())
}
