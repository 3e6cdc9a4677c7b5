//! What the evidence says of a story: each of its checks, and no leak besides.

use super::checks;
use super::evidence::Evidence;
use crate::scenarios::{Check, Step, Story};

/// Why the story failed, and values worth telling.
pub fn weigh(story: &Story, evidence: &Evidence) -> (Vec<String>, Vec<String>) {
    let mut failures = evidence.failures();
    let wants_leaks = story
        .lines
        .iter()
        .any(|line| matches!(line.step, Step::Then(Check::Leaks(_))));
    if !wants_leaks {
        failures.extend(leaks(evidence, &story.tolerated_leaks()));
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
    (failures, measured)
}

/// A sentence a kind of leak, with the first few places.
fn leaks(evidence: &Evidence, but: &[&str]) -> Vec<String> {
    let mut sentences = Vec::new();
    let broken = evidence.verdict.leaks.broken();
    for (leak, places) in broken.filter(|(leak, _)| !but.contains(&&*leak.to_string())) {
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
