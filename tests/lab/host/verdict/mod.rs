//! What came of one story: the guest's own checks, the judge's findings, and
//! the checks that only the capture can decide.

mod checks;
mod evidence;
mod keep;

use std::fs;
use std::path::Path;

use super::guests::Breakdown;
use super::options::Options;
use super::plan::{Run, Shelf};
pub use checks::middle;

use crate::judge::Outage;
use crate::scenarios::{Check, Step, Story};
pub use evidence::Evidence;

#[derive(Default)]
pub struct Verdict {
    /// Why it failed, in sentences; empty if it passed.
    pub failures: Vec<String>,
    /// Values worth telling.
    pub measured: Vec<String>,
    pub outages: Vec<Outage>,
}

/// Reads what the guest handed out about a run and judges it.
pub fn reach(run: &Run, folder: &Path, shelf: &Shelf, options: &Options) -> Verdict {
    let story = &shelf.get(&run.story).story;
    let (verdict, evidence) = match Evidence::read(story, folder) {
        Ok(evidence) => (weigh(story, &evidence), Some(evidence)),
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

fn weigh(story: &Story, evidence: &Evidence) -> Verdict {
    let mut failures = evidence.failures();
    let wants_leaks = story
        .lines
        .iter()
        .any(|line| matches!(line.step, Step::Then(Check::Leaks(_))));
    if !wants_leaks {
        failures.extend(leaks(evidence));
    }
    let mut measured = evidence.measured();
    for line in &story.lines {
        if let Step::Then(check) = &line.step
            && let Some(span) = evidence.span(line.number)
            && let Err(problem) = checks::decide(check, &span, evidence, &mut measured)
        {
            failures.push(format!("\"{}\": {problem}", line.text));
        }
    }
    Verdict {
        failures,
        measured,
        outages: evidence.verdict.outages.clone(),
    }
}

/// A sentence a kind of leak, with the first few places.
fn leaks(evidence: &Evidence) -> Vec<String> {
    let mut sentences = Vec::new();
    for (leak, places) in evidence.verdict.leaks.broken() {
        let shown: Vec<_> = places
            .iter()
            .take(3)
            .map(|place| {
                let at = evidence.seconds(place.at);
                format!("frame {} at {at:.3} s, {}", place.frame, place.detail)
            })
            .collect();
        sentences.push(format!("{leak}: {} ({})", places.len(), shown.join("; ")));
    }
    sentences
}
