//! What `/proc` tells of the programs of a story.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::super::record::now;
use macveil_testkit::record::Micros;
use macveil_testkit::sample::Sample;

/// `sysconf(_SC_CLK_TCK)` on every Linux: 10 ms a tick.
const MICROS_A_TICK: u64 = 10_000;
/// Places in `/proc/ID/stat`, behind the name.
const USER_TIME: usize = 11;
const START_TIME: usize = 19;

/// Notes samples in a file.
pub struct Meter(File);

impl Meter {
    pub fn open(folder: &Path) -> Result<Self, String> {
        let file = File::create(folder.join("samples"));
        file.map(Self).map_err(|e| e.to_string())
    }

    /// Of all programs that run at the beginning of a step, or at the end (0).
    pub fn note(&mut self, step: usize, programs: &[(&str, u32)]) -> Result<(), String> {
        let at = now();
        for (program, id) in programs {
            let sample = sample(at, step, program, *id)?;
            writeln!(self.0, "{sample}").map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

fn sample(at: Micros, step: usize, program: &str, id: u32) -> Result<Sample, String> {
    let folder = PathBuf::from(format!("/proc/{id}"));
    let rollup = read(&folder.join("smaps_rollup"))?;
    let private = field(&rollup, "Private_Clean")? + field(&rollup, "Private_Dirty")?;
    let (mut processor, mut wakeups) = (0, 0);
    for task in fs::read_dir(folder.join("task")).map_err(|e| e.to_string())? {
        let task = task.map_err(|e| e.to_string())?.path();
        processor += first_number(&read(&task.join("schedstat"))?)? / 1000;
        wakeups += field(&read(&task.join("status"))?, "voluntary_ctxt_switches")?;
    }
    let (file, loaded) = sizes(&folder)?;
    Ok(Sample {
        at,
        step,
        program: program.to_owned(),
        started: now() - uptime().saturating_sub(ticks(&folder, START_TIME)?),
        resident: field(&rollup, "Rss")?,
        private,
        processor,
        user: ticks(&folder, USER_TIME)?,
        wakeups,
        file,
        loaded,
    })
}

/// Since the kernel's boot, in whose time it says when a process began.
fn uptime() -> Micros {
    let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    uptime.tv_sec as u64 * 1_000_000 + uptime.tv_nsec as u64 / 1000
}

/// A number of `/proc/ID/stat` that counts ticks, by its place behind the name.
fn ticks(folder: &Path, place: usize) -> Result<Micros, String> {
    let stat = read(&folder.join("stat"))?;
    let after_name = stat.rsplit_once(") ").ok_or("no name in stat")?.1;
    let word = after_name.split(' ').nth(place);
    let ticks: Option<u64> = word.and_then(|word| word.parse().ok());
    Ok(ticks.ok_or("no number in stat")? * MICROS_A_TICK)
}

/// The program's file, and all files that it has mapped to execute.
fn sizes(folder: &Path) -> Result<(u64, u64), String> {
    let size = |path: &Path| fs::metadata(path).map_err(|e| format!("{}: {e}", path.display()));
    let own = size(&folder.join("exe"))?.size();
    let maps = read(&folder.join("maps"))?;
    let executed = maps.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let is_code = words.nth(1)?.contains('x');
        let path = words.nth(3)?;
        (is_code && path.starts_with('/')).then_some(path)
    });
    let files: BTreeSet<&str> = executed.collect();
    let sizes: Result<Vec<u64>, String> = files
        .iter()
        .map(|path| size(Path::new(path)).map(|it| it.size()))
        .collect();
    Ok((own, sizes?.iter().sum()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn field(text: &str, key: &str) -> Result<u64, String> {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    first_number(value.ok_or_else(|| format!("no {key} in /proc"))?)
}

fn first_number(text: &str) -> Result<u64, String> {
    let word = text.split_whitespace().next();
    word.and_then(|word| word.parse().ok())
        .ok_or_else(|| format!("no number in {text:?}"))
}
