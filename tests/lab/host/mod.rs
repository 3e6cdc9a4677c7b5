//! The host's side: which stories on which rigs, in which guests, and what
//! came of them.

mod archive;
mod demo;
mod guests;
mod options;
mod paths;
mod plan;
mod report;
mod verdict;

use std::sync::Mutex;
use std::time::Instant;

use options::Options;
use plan::Job;
use report::Report;

/// Plays what the arguments ask for; true if all of it passed.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let options = Options::parse(arguments)?;
    if options.demo {
        return demo::run(&options);
    }
    let started = Instant::now();
    let shelf = plan::read_stories()?;
    let jobs = plan::jobs(&shelf, &options)?;
    paths::expect_set_up(&options)?;
    paths::clear_results()?;
    let queue = Mutex::new(jobs);
    let report = Mutex::new(Report::default());
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
fn work(job: &Job, shelf: &plan::Shelf, options: &Options, report: &Mutex<Report>) {
    let mut left = job.runs.clone();
    while !left.is_empty() {
        let mut played = 0;
        let mut begun = Instant::now();
        let order = guests::Order {
            kernel: job.kernel,
            runs: &left,
            live: false,
        };
        let heard = |line: &str| {
            if options.verbose {
                println!("      {line}");
            }
        };
        let outcome = guests::play(&order, shelf, options, heard, |run, folder| {
            played += 1;
            let verdict = verdict::reach(run, folder, shelf, options);
            let took = begun.elapsed();
            begun = Instant::now();
            report
                .lock()
                .expect("no worker panicked")
                .add(run, verdict, took);
        });
        left.drain(..played);
        if let Err(problem) = outcome {
            // With none left the guest broke down after its last story: still a failure.
            let run = if left.is_empty() {
                job.runs[job.runs.len() - 1].clone()
            } else {
                left.remove(0)
            };
            let verdict = verdict::broken(&problem);
            let took = begun.elapsed();
            report
                .lock()
                .expect("no worker panicked")
                .add(&run, verdict, took);
        }
    }
}
