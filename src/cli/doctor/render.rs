//! Prints findings as text and JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::console::{BOLD, GREEN, Paint, RED, YELLOW, wrapped};
use crate::protocol::to_json;
use crate::tools::doctor::{Finding, Severity, Topic};

/// Column where the text of a finding starts.
const INDENT: usize = 11;

/// All findings.
pub(super) struct Report(Vec<Finding>);

impl Report {
    pub(super) const fn new(findings: Vec<Finding>) -> Self {
        Self(findings)
    }

    /// Whether there is no warning or problem.
    pub(super) fn is_ok(&self) -> bool {
        !self.0.iter().any(|finding| finding.severity.needs_fix())
    }

    fn count(&self, severity: Severity) -> usize {
        self.0
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// The most serious first, then by interface and topic.
    pub(super) fn to_text(&self, paint: Paint) -> String {
        let mut text = String::new();
        let mut interfaces: Vec<_> = self.0.iter().map(|finding| &finding.interface).collect();
        interfaces.dedup();
        for severity in Severity::FROM_THE_WORST {
            for interface in &interfaces {
                let of_it: Vec<_> = self
                    .0
                    .iter()
                    .filter(|finding| finding.severity == severity)
                    .filter(|finding| finding.interface == **interface)
                    .collect();
                let whose = interface.as_deref().unwrap_or("this machine");
                for topic in Topic::ALL {
                    group(&mut text, (whose, topic), &of_it, paint);
                }
            }
        }
        text.push_str(&paint.put(BOLD, &self.sum()));
        text.push('\n');
        text
    }

    fn sum(&self) -> String {
        let to_fix = self
            .0
            .iter()
            .filter(|finding| finding.severity.needs_fix())
            .count();
        let (notes, good) = (self.count(Severity::Note), self.count(Severity::Good));
        let result = match to_fix {
            0 => "no problems found".to_owned(),
            count => format!("warnings and problems: {count}"),
        };
        format!("{result}, notes: {notes}, good: {good}")
    }

    pub(super) fn to_json(&self) -> String {
        to_json(&JsonReport {
            content: self.is_ok(),
            findings: self.0.iter().map(Item::of).collect(),
        })
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    content: bool,
    findings: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    severity: &'a str,
    topic: &'a str,
    interface: Option<&'a str>,
    what: &'a str,
    why: &'a str,
    remedy: Option<&'a str>,
}

impl<'a> Item<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            id: finding.check.id,
            severity: finding.severity.word(),
            topic: finding.check.topic.word(),
            interface: finding.interface.as_deref(),
            what: &finding.what,
            why: finding.check.why,
            remedy: finding.remedy.as_deref(),
        }
    }
}

fn group(text: &mut String, (whose, topic): (&str, Topic), all: &[&Finding], paint: Paint) {
    let of_topic: Vec<_> = all
        .iter()
        .filter(|finding| finding.check.topic == topic)
        .collect();
    if of_topic.is_empty() {
        return;
    }
    let title = format!("{whose}: {}", topic.title());
    let _ = writeln!(text, "{}", paint.put(BOLD, &title));
    for finding in of_topic {
        one(text, finding, paint);
    }
    text.push('\n');
}

fn one(text: &mut String, finding: &Finding, paint: Paint) {
    let word = format!("{:9}", finding.severity.word());
    let word = paint.put(colour(finding.severity), &word);
    let _ = writeln!(text, "  {word}{}", wrapped(&finding.what, INDENT));
    if let Some(remedy) = &finding.remedy {
        let why = wrapped(finding.check.why, INDENT);
        let _ = writeln!(text, "{:INDENT$}{why}", "");
        let _ = writeln!(text, "{:INDENT$}-> {}", "", wrapped(remedy, INDENT + 3));
    }
}

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Good => GREEN,
        Severity::Note => "0",
        Severity::Warning => YELLOW,
        Severity::Problem => RED,
    }
}
