//! The host's side: which stories on which rigs, in which guests, and what
//! came of them.

mod archive;
mod bench;
mod demo;
mod guests;
mod paths;
mod plan;
mod report;
mod verdict;

use std::sync::Mutex;
use std::time::Instant;

use macveil_testkit::lab_options::Options;
use plan::{Job, Run, Shelf};
use report::Report;

/// Plays what the arguments ask for; true if all of it passed.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    paths::expect_set_up(&options)?;
    let _lock = paths::lock()?;
    if options.demo {
        return demo::run(&options);
    }
    if options.bench {
        return bench::run(&options);
    }
    let started = Instant::now();
    let shelf = plan::read_stories()?;
    let jobs = plan::jobs(&shelf, &options)?;
    paths::clear_results()?;
    let planned = jobs.iter().map(|job| job.runs.len()).sum();
    let queue = Mutex::new(jobs);
    let report = Mutex::new(Report::of(planned));
    let next = || queue.lock().expect("no worker panicked").pop();
    std::thread::scope(|scope| {
        for _ in 0..options.guests {
            scope.spawn(|| {
                while let Some(job) = next() {
                    work(&job, &shelf, &options, &report);
                }
            });
        }
    });
    let report = report.into_inner().map_err(|e| e.to_string())?;
    report.close(started.elapsed());
    Ok(report.all_passed())
}

/// Plays a job's stories; a guest that breaks down costs one story, the others
/// get a new guest.
fn work(job: &Job, shelf: &Shelf, options: &Options, report: &Mutex<Report>) {
    let mut left = job.runs.as_slice();
    while !left.is_empty() {
        let mut played = 0;
        let mut begun = Instant::now();
        let mut tell = |run: &Run, verdict| {
            let mut report = report.lock().expect("no worker panicked");
            report.add(run, verdict, begun.elapsed());
            begun = Instant::now();
        };
        let order = guests::Order {
            kernel: job.kernel,
            runs: left,
            purpose: guests::Purpose::Test,
        };
        let heard = |line: &str| {
            if options.verbose {
                println!("      {line}");
            }
        };
        let outcome = guests::play(&order, shelf, options, heard, |run, folder| {
            tell(run, verdict::reach(run, folder, shelf, options));
            played += 1;
        });
        if let Err(breakdown) = outcome {
            // The last one's breakdown may come after its end.
            let run = &left[played.min(left.len() - 1)];
            tell(run, verdict::of_breakdown(run, &breakdown));
            played += 1;
        }
        left = left.get(played..).unwrap_or_default();
    }
}
