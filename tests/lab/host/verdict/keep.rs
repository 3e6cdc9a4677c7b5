//! What stays of a run on disk: everything if it failed, nothing if it passed
//! and the user asked for nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::super::guests::Breakdown;
use super::super::paths;
use super::super::plan::Run;
use super::Verdict;
use macveil_testkit::judge::Narrator;
use macveil_testkit::lab_options::Options;
use macveil_testkit::record::{Fact, Micros};
use macveil_testkit::scenarios::Story;
use macveil_testkit::verdict::Evidence;

pub fn sort_out(
    run: &Run,
    folder: &Path,
    story: &Story,
    verdict: &Verdict,
    evidence: Option<&Evidence>,
    options: &Options,
) {
    let target = match (verdict.failures.is_empty(), options.keep) {
        (false, _) => paths::failed(run),
        (true, true) => paths::kept(run),
        (true, false) => {
            let _ = fs::remove_dir_all(folder);
            return;
        }
    };
    if let Some(evidence) = evidence {
        let _ = fs::write(
            folder.join("timeline.txt"),
            timeline(story, verdict, evidence),
        );
    }
    let moved = fs::create_dir_all(target.parent().unwrap_or(&target))
        .and_then(|()| fs::rename(folder, &target));
    if let Err(problem) = moved {
        eprintln!("lab: {} cannot be kept: {problem}", target.display());
    }
}

/// What a guest said that broke down.
pub fn consoles(run: &Run, breakdown: &Breakdown) {
    let target = paths::failed(run);
    let _ = fs::create_dir_all(&target);
    for name in Breakdown::FILES {
        let _ = fs::copy(breakdown.folder.join(name), target.join(name));
    }
}

/// The story's steps among what was on the air.
fn timeline(story: &Story, verdict: &Verdict, evidence: &Evidence) -> String {
    let mut lines: Vec<(Micros, String)> = Vec::new();
    for entry in &evidence.entries {
        let text = match &entry.fact {
            Fact::Step(number) => story
                .lines
                .iter()
                .find(|line| line.number == *number)
                .map(|line| format!("--- {}", line.text)),
            Fact::Station(name, address) | Fact::AccessPoint(name, address) => {
                Some(format!("{name} is {address}"))
            }
            Fact::Address(name, address) => Some(format!("{name} carries {address}")),
            Fact::Happens(words) => Some(format!("-- {words}")),
            Fact::Starts(program) => Some(format!("{program} is started")),
            Fact::Ready => Some("macveil is ready".to_owned()),
            Fact::JudgeLooksAway => Some("the judge looks away".to_owned()),
            Fact::JudgeLooksAgain => Some("the judge looks again".to_owned()),
            Fact::Measured(text) | Fact::Failed(text) => Some(text.clone()),
            Fact::Over => Some("--- the story is over".to_owned()),
            Fact::Played => Some("nothing is left of it".to_owned()),
        };
        lines.extend(text.map(|text| (entry.at, text)));
    }
    let mut narrator = Narrator::new(&evidence.brief, evidence.verdict.names.clone());
    let mut told = Vec::new();
    for frame in &evidence.frames {
        told.extend(narrator.see(frame));
    }
    told.extend(narrator.end_burst());
    let names = narrator.names();
    lines.extend(told.iter().map(|line| {
        let name = names.name(line.who);
        (
            line.at,
            format!("    {}  {name:<18} {}", line.who, line.text),
        )
    }));
    lines.extend(leaks(evidence));
    lines.sort_by_key(|(at, _)| *at);
    let mut text = format!("{}\n\n", story.title);
    for failure in &verdict.failures {
        let _ = writeln!(text, "FAILED: {failure}");
    }
    for (at, line) in lines {
        let _ = writeln!(text, "{:>10.3}  {line}", evidence.seconds(at));
    }
    text
}

/// A line for each row of like leaks.
fn leaks(evidence: &Evidence) -> Vec<(Micros, String)> {
    const SAME_ROW: Micros = 1_000_000;
    let mut lines = Vec::new();
    for (leak, places) in evidence.verdict.leaks.broken() {
        for row in places.chunk_by(|one, next| next.at - one.at < SAME_ROW) {
            let (first, last) = (&row[0], &row[row.len() - 1]);
            let frames = match row.len() {
                1 => format!("frame {}", first.frame),
                count => format!("{count} times, frames {} to {}", first.frame, last.frame),
            };
            lines.push((first.at, format!("  ! {leak}: {frames}, {}", first.detail)));
        }
    }
    lines
}
