//! All that is known of a played story.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::air::{Capture, Frame, Mac};
use crate::briefing;
use crate::judge::identity::{self, Lans};
use crate::judge::{self, Brief, Verdict};
use crate::lan;
use crate::record::{Entry, Fact, Micros};
use crate::scenarios::Story;

pub struct Evidence {
    pub entries: Vec<Entry>,
    pub frames: Vec<Frame>,
    pub brief: Brief,
    pub verdict: Verdict,
    pub stations: usize,
    pub secured: Vec<Mac>,
    /// What arrived at access points that give leases.
    pub lans: Lans,
}

/// A step that takes longer is one in which time passes.
const SHORT: Micros = 500_000;

impl Evidence {
    pub fn read(story: &Story, folder: &Path) -> Result<Self, String> {
        let text = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
        };
        let entries: Result<Vec<Entry>, _> = text("record")?.lines().map(str::parse).collect();
        let entries = entries.map_err(|line| format!("the record has a strange line: {line}"))?;
        let path = folder.join("air.pcap");
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let frames = Capture::read(&bytes)?;
        let scanning = scanning(&text("nl80211.log")?);
        let mut evidence = Self::of(story, entries, frames, scanning);
        evidence.lans = lans(&evidence.brief, folder)?;
        let Self {
            lans,
            brief,
            verdict,
            ..
        } = &mut evidence;
        identity::apply(lans, brief, &mut verdict.leaks);
        Ok(evidence)
    }

    /// Has the frames judged.
    pub fn of(
        story: &Story,
        entries: Vec<Entry>,
        frames: Vec<Frame>,
        scanning: Vec<Range<Micros>>,
    ) -> Self {
        let mut brief = briefing::brief(story, &entries);
        brief.scanning = scanning;
        Self {
            verdict: judge::judge(&frames, &brief),
            stations: brief.stations,
            secured: briefing::secured(story, &brief),
            entries,
            frames,
            brief,
            lans: Lans::new(),
        }
    }

    /// What the guest found wrong, or that it did not get to the end.
    pub fn failures(&self) -> Vec<String> {
        let failures: Vec<_> = self
            .entries
            .iter()
            .filter_map(|entry| match &entry.fact {
                Fact::Failed(problem) => Some(problem.clone()),
                _ => None,
            })
            .collect();
        let played = self.entries.iter().any(|it| it.fact == Fact::Played);
        match (failures.is_empty(), played) {
            (true, false) => vec!["the story was not played to its end".to_owned()],
            _ => failures,
        }
    }

    pub fn measured(&self) -> Vec<String> {
        let facts = self.entries.iter().filter_map(|entry| match &entry.fact {
            Fact::Measured(text) => Some(text.clone()),
            _ => None,
        });
        facts.collect()
    }

    /// From when to when a step took, if the story came so far.
    pub fn span(&self, line: usize) -> Option<Range<Micros>> {
        let index = self
            .entries
            .iter()
            .position(|entry| entry.fact == Fact::Step(line))?;
        let is_next =
            |entry: &&Entry| matches!(entry.fact, Fact::Step(_) | Fact::Over | Fact::Failed(_));
        let end = self.entries[index + 1..].iter().find(is_next);
        let end = end.map_or(Micros::MAX, |entry| entry.at);
        Some(self.entries[index].at..end)
    }

    /// The span of the step before the one that began then.
    pub fn span_before(&self, begin: Micros) -> Result<Range<Micros>, String> {
        let mut steps = self.entries.iter().filter_map(|entry| match entry.fact {
            Fact::Step(line) if entry.at < begin => Some(line),
            _ => None,
        });
        let waits = |line: &usize| {
            let span = self.span(*line);
            span.is_some_and(|span| span.end - span.start > SHORT)
        };
        let line = steps.by_ref().filter(waits).last();
        let span = line.and_then(|line| self.span(line));
        span.ok_or_else(|| "no time passed before".to_owned())
    }

    /// Since the beginning of the story.
    pub fn seconds(&self, at: Micros) -> f64 {
        let begin = self.entries.first().map_or(at, |entry| entry.at);
        (at as f64 - begin as f64) / 1e6
    }

    pub fn access_point(&self, name: &str) -> Result<Mac, String> {
        let mut all = self.brief.access_points.iter();
        all.find(|(_, ap)| ap.name == name)
            .map(|(mac, _)| *mac)
            .ok_or_else(|| format!("the story has no access point {name}"))
    }
}

/// Access points that were never on the air have none.
fn lans(brief: &Brief, folder: &Path) -> Result<Lans, String> {
    let mut lans = Lans::new();
    let all = brief.access_points.iter();
    for (bssid, ap) in all.filter(|(_, ap)| ap.subnet.is_some()) {
        let path = folder.join(format!("ap-{}.pcap", ap.name));
        if let Ok(bytes) = fs::read(&path) {
            let packets = lan::packets(&bytes).map_err(|e| format!("{}: {e}", path.display()))?;
            lans.insert(*bssid, packets);
        }
    }
    Ok(lans)
}

/// From the kernel's own events, as `iw event -t` tells them.
fn scanning(log: &str) -> Vec<Range<Micros>> {
    let mut spans = Vec::new();
    let mut open: Option<Micros> = None;
    for line in log.lines() {
        let Some((time, event)) = line.split_once(": ") else {
            continue;
        };
        let Ok(at) = time.trim().parse::<f64>() else {
            continue;
        };
        let at = (at * 1e6) as Micros;
        if event.contains("scan started") {
            open.get_or_insert(at);
        } else if (event.contains("scan finished") || event.contains("scan aborted"))
            && let Some(begin) = open.take()
        {
            spans.push(begin..at);
        }
    }
    spans
}
