//! Speed and memory use of the audit: `cargo bench --bench audit` prints figures without limits. Speed is per CPU
//! time, which does not depend on other work of the machine.

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
    reason = "a benchmark reads the clock and prints results"
)]

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

use macveil::tools::audit::{Audit, Capture, KnownAddresses, draw};

use macveil_testkit::capture_generator::{Crowd, Generator};

const SEED: u64 = 6;
/// A busy place, for captures of increasing length.
const PLACE: Crowd = Crowd {
    stations: 300,
    access_points: 60,
    is_odd: false,
};
const FRAMES: [u64; 3] = [200_000, 1_000_000, 3_000_000];
/// More than the limit.
const CITY: Crowd = Crowd {
    stations: 25_000,
    ..PLACE
};

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let place = [false, true].map(|picture| FRAMES.map(|frames| (PLACE, frames, picture)));
    let city = [false, true].map(|picture| (CITY, 3_000_000, picture));
    // The peak never decreases, so cases with more memory use come later.
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
            "{frames} frames of {} addresses, {} MB, judged{}: {:.0} MB/s, peak memory so far {}",
            crowd.stations + crowd.access_points,
            bytes / 1_000_000,
            if with_picture { " and drawn" } else { "" },
            bytes as f64 / 1e6 / (processor_seconds() - begin),
            peak_memory()
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
    let picture = timeline.map(|timeline| draw(&verdict, &timeline, "air.pcap"));
    assert_eq!(picture.is_some(), with_picture);
}

fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Peak resident memory of this process.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let words = line.and_then(|line| line.split_once(':'));
    words.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
