//! The comparison: macveil and its peers play the same stories, and what frames and `/proc` tell is put
//! side by side in docs/benchmarks.md.

mod air;
mod contenders;
mod costs;
mod measure;
mod online;
mod paper;
mod plan;
mod tables;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use super::guests::{self, Purpose};
use super::paths;
use super::plan::Shelf;
use contenders::Contender;
use macveil_testkit::lab_options::Options;
use measure::Measured;
use plan::Job;

/// True if macveil played all its stories to their end.
///
/// With `--story` only those are played, and the others are what they were when they were played last.
pub fn run(options: &Options) -> Result<bool, String> {
    let (shelf, jobs) = plan::make()?;
    if options.stories.is_empty() && paths::benched().exists() {
        fs::remove_dir_all(paths::benched()).map_err(|e| e.to_string())?;
    }
    let begun = Instant::now();
    play(&jobs, &shelf, options, begun);
    let results: Vec<Measured> = jobs.iter().flat_map(|job| measured(job, &shelf)).collect();
    paper::write(&results)?;
    let broken = results.iter().filter(|it| it.failure.is_some());
    let ours = broken.filter(|it| it.contender.is_none_or(Contender::has_macveil));
    Ok(ours.count() == 0)
}

fn play(jobs: &[Job], shelf: &Shelf, options: &Options, begun: Instant) {
    let wanted: Vec<Job> = jobs
        .iter()
        .filter_map(|job| job.choose(&options.stories))
        .collect();
    let count: usize = wanted.iter().map(|job| job.runs.len()).sum();
    println!(
        "{count} stories in {} guests; each is told as it is over",
        wanted.len()
    );
    let queue = Mutex::new(wanted);
    let next = || queue.lock().expect("no worker panicked").pop();
    std::thread::scope(|scope| {
        for _ in 0..options.guests {
            scope.spawn(|| {
                while let Some(job) = next() {
                    work(&job, shelf, options, begun);
                }
            });
        }
    });
}

/// A guest's stories; one that breaks down costs the rest of them.
fn work(job: &Job, shelf: &Shelf, options: &Options, begun: Instant) {
    let order = guests::Order {
        kernel: plan::KERNEL,
        runs: &job.runs,
        purpose: Purpose::Bench,
    };
    let heard = |line: &str| {
        if options.verbose {
            println!("      {line}");
        }
    };
    let mut left = job.runs.iter();
    let minutes = || begun.elapsed().as_secs_f64() / 60.0;
    let outcome = guests::play(&order, shelf, options, heard, |run, folder| {
        println!("{:>5.1} min  {}", minutes(), run.story);
        keep(folder, &paths::benched().join(&run.story)).expect("results can be kept");
        left.next();
    });
    if let Err(breakdown) = outcome {
        println!(
            "{:>5.1} min  {}: {}",
            minutes(),
            job.name(),
            breakdown.problem
        );
        for run in left {
            let folder = paths::benched().join(&run.story);
            let note = folder.join(measure::BREAKDOWN);
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(note, &breakdown.problem))
                .expect("results can be kept");
        }
    }
}

fn keep(folder: &Path, target: &Path) -> std::io::Result<()> {
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    fs::create_dir_all(target)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        fs::copy(&path, target.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

/// Of what was played now or before.
fn measured(job: &Job, shelf: &Shelf) -> Vec<Measured> {
    let read = |run: &super::plan::Run| {
        let folder = paths::benched().join(&run.story);
        measure::read(job, run, &shelf.get(&run.story).story, &folder)
    };
    job.runs.iter().map(read).collect()
}
