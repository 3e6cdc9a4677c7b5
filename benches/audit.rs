//! How fast a capture is judged, and in how much memory: `cargo bench --bench audit`. It prints figures and
//! fails at nothing.

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

#[path = "../tests/readers/generator.rs"]
mod generator;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use macveil::audit::{Audit, Capture, Known, draw};

use generator::Generator;

const FRAMES: [u64; 3] = [200_000, 1_000_000, 3_000_000];
const SEED: u64 = 6;

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("air.pcap");
    for frames in FRAMES {
        let mut file = BufWriter::new(File::create(&path).unwrap());
        Generator::begin(&mut file).unwrap();
        let bytes = Generator::new(SEED).write(frames, &mut file).unwrap();
        file.flush().unwrap();
        for with_picture in [false, true] {
            let begin = Instant::now();
            let mut audit = Audit::new(Known::default());
            if with_picture {
                audit = audit.with_timeline();
            }
            let mut capture = Capture::new(File::open(&path).unwrap()).unwrap();
            audit.read(&mut capture, |_| {}).unwrap();
            let timeline = audit.take_timeline();
            let verdict = audit.judge();
            let picture = timeline.map(|it| draw(&verdict, &it, "air.pcap"));
            let took = begin.elapsed().as_secs_f64();
            let how = picture.map_or("judged", |_| "judged and drawn");
            println!(
                "{frames} frames, {} MB, {how}: {:.0} MB/s, most memory so far {}",
                bytes / 1_000_000,
                bytes as f64 / 1e6 / took,
                most_memory()
            );
        }
    }
}

/// The most that this process has had resident.
fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM"));
    let words = line.and_then(|it| it.split_once(':'));
    words.map_or_else(String::new, |(_, it)| it.trim().to_owned())
}
