//! What came of one story: the guest's own checks, the judge's findings, a
//! second opinion, and the checks that only the capture can decide.

mod keep;
mod recorded;
mod second_opinion;
mod told;

use std::fs;
use std::path::Path;

use super::guests::Breakdown;
use super::paths;
use super::plan::{Run, Shelf};
use macveil_testkit::lab_options::Options;
pub use macveil_testkit::verdict::middle;

use macveil_testkit::judge::Outage;
use macveil_testkit::scenarios::{Check, Line, Step, Story};
pub use macveil_testkit::verdict::Evidence;

#[derive(Default)]
pub struct Verdict {
    /// Why it failed, in sentences; empty if it passed.
    pub failures: Vec<String>,
    /// Values worth telling.
    pub measured: Vec<String>,
    /// That ended without a user's doing.
    pub outages: Vec<Outage>,
}

/// Reads what the guest handed out about a run and judges it.
pub fn reach(run: &Run, folder: &Path, shelf: &Shelf, options: &Options) -> Verdict {
    let story = &shelf.get(&run.story).story;
    let (verdict, evidence) = match Evidence::read(story, folder) {
        Ok(evidence) => (
            of_evidence(run, story, folder, &evidence, options),
            Some(evidence),
        ),
        Err(problem) => (of_failure(problem), None),
    };
    keep::sort_out(run, folder, story, &verdict, evidence.as_ref(), options);
    verdict
}

/// A run that did not come to an end, with all its guest.
pub fn of_breakdown(run: &Run, breakdown: &Breakdown) -> Verdict {
    keep::consoles(run, breakdown);
    let console = fs::read_to_string(breakdown.folder.join("console")).unwrap_or_default();
    let lines: Vec<_> = console.lines().collect();
    let tail = lines[lines.len().saturating_sub(15)..].join("\n");
    let problem = &breakdown.problem;
    of_failure(format!("{problem}; its console ends with:\n{tail}"))
}

fn of_failure(problem: String) -> Verdict {
    Verdict {
        failures: vec![problem],
        ..Verdict::default()
    }
}

fn of_evidence(
    run: &Run,
    story: &Story,
    folder: &Path,
    evidence: &Evidence,
    options: &Options,
) -> Verdict {
    let (mut failures, measured) = macveil_testkit::verdict::weigh(story, evidence);
    failures.extend(recorded::compare(run, story, evidence, options));
    let capture = folder.join("air.pcap");
    let has_witness = |line: &Line| line.step == Step::Then(Check::StatusWasTrue);
    if story.lines.iter().any(has_witness) {
        // hwsim can, so `auto` does.
        let random_scans = ["auto", "driver"].contains(&run.method);
        failures.extend(told::contradictions(evidence, folder, random_scans));
    }
    let macveil = paths::macveil(options);
    failures.extend(second_opinion::contradictions(
        story, &capture, evidence, &macveil,
    ));
    let outages = if story.has_any_commands() {
        Vec::new()
    } else {
        evidence.verdict.outages.clone()
    };
    Verdict {
        failures,
        measured,
        outages,
    }
}
