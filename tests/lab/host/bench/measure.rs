//! What is taken from a played story.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::plan::Run;
use super::super::verdict::Evidence;
use super::air::{self, Counts};
use super::contenders::Contender;
use super::costs::{self, Cost, Costs};
use super::online::{self, Phase};
use super::plan::Job;
use macveil_testkit::air::{Kind, Mac};
use macveil_testkit::links;
use macveil_testkit::record::Fact;
use macveil_testkit::scenarios::{AccessPointEvent, Event, Step, Story};

pub struct Measured {
    pub contender: Option<&'static Contender>,
    pub radios: usize,
    /// The story's name without the contender's.
    pub story: String,
    pub name: String,
    pub failure: Option<String>,
    pub versions: BTreeMap<String, String>,
    pub figures: Option<Figures>,
    /// Nanoseconds of each change of address, by the way it was done.
    pub changes: BTreeMap<String, Vec<f64>>,
}

pub struct Figures {
    pub air: Counts,
    pub back_online: Vec<f64>,
    /// Seconds until another access point is taken, each time that the signal gets weak.
    pub roams: Vec<f64>,
    /// Seconds until the access point answers.
    pub online: Vec<(Phase, f64)>,
    /// Seconds from the start of the first program until the first association is granted.
    pub first_association: Option<f64>,
    /// At the end: of the program that it is about, and of all.
    pub own: Cost,
    pub all: Cost,
    /// While nothing happened.
    pub idle_own: Cost,
    pub idle_all: Cost,
    pub file: u64,
    pub loaded: u64,
    /// Seconds until no interface has its permanent address any more.
    pub masked: Option<f64>,
    /// Seconds until every interface has another address, after the access point's goodbye to all.
    pub reacted: Option<f64>,
}

/// In the folder of a story whose guest did not get to its end: why.
pub const BREAKDOWN: &str = "breakdown";

pub fn read(job: &Job, run: &Run, story: &Story, folder: &Path) -> Measured {
    let mut measured = Measured {
        contender: job.contender,
        radios: job.radios,
        story: run.story.split('-').next().unwrap_or_default().to_owned(),
        name: run.story.clone(),
        failure: None,
        versions: BTreeMap::new(),
        figures: None,
        changes: BTreeMap::new(),
    };
    let outcome = match fs::read_to_string(folder.join(BREAKDOWN)) {
        Ok(problem) => Err(problem),
        Err(_) if !folder.exists() => Err("it was not played".to_owned()),
        Err(_) => fill(&mut measured, job, story, folder),
    };
    if let Err(problem) = outcome {
        measured.failure = Some(problem);
    }
    measured
}

fn fill(measured: &mut Measured, job: &Job, story: &Story, folder: &Path) -> Result<(), String> {
    let text = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    let pairs = |text: String| {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.into_iter().filter_map(|line| {
            let (one, other) = line.split_once(' ')?;
            Some((one.to_owned(), other.to_owned()))
        })
    };
    measured.versions = pairs(text("versions")?).collect();
    let evidence = Evidence::read(story, folder)?;
    measured.failure = evidence.failures().first().cloned();
    for (way, time) in pairs(text("changes").unwrap_or_default()) {
        let time = time
            .parse()
            .map_err(|_| format!("a strange time: {time}"))?;
        measured.changes.entry(way).or_default().push(time);
    }
    let (Some(contender), None) = (job.contender, &measured.failure) else {
        return Ok(());
    };
    let costs = Costs::read(&text("samples")?)?;
    let log = text("links.log")?;
    measured.figures = Some(figures(contender, story, &evidence, &costs, &log));
    Ok(())
}

fn figures(
    contender: &Contender,
    story: &Story,
    evidence: &Evidence,
    costs: &Costs,
    log: &str,
) -> Figures {
    let started = costs.started().unwrap_or_default();
    let granted = evidence
        .verdict
        .associations
        .iter()
        .filter_map(|it| it.granted);
    let first = granted.filter(|at| *at > started).min();
    let idle = |program: Option<&str>| {
        let Some((begin, end)) = costs::longest_pause(story) else {
            return Cost::default();
        };
        let (before, after) = (costs.at(begin, program), costs.at(end, program));
        Cost {
            processor: after.processor - before.processor,
            user: after.user - before.user,
            wakeups: after.wakeups - before.wakeups,
            ..after
        }
    };
    let own = Some(contender.program);
    let (file, loaded) = costs.sizes(contender.program);
    let events = links::read(log);
    let permanent: BTreeMap<String, Mac> = evidence
        .entries
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Station(name, address) => Some((name.clone(), address.parse().ok()?)),
            _ => None,
        })
        .collect();
    let masked = links::all_changed(&events, started, u64::MAX, &permanent);
    let reacted = goodbye(story, evidence).and_then(|(at, until)| {
        let before = links::addresses(&events, at, &permanent);
        let last = links::all_changed(&events, at, until, &before)?;
        Some((last - at) as f64 / 1e6)
    });
    Figures {
        air: air::count(evidence),
        back_online: air::back_online(evidence),
        roams: air::roams(story, evidence),
        online: online::times(story, evidence),
        first_association: first.map(|at| (at - started) as f64 / 1e6),
        own: costs.at(0, own),
        all: costs.at(0, None),
        idle_own: idle(own),
        idle_all: idle(None),
        file,
        loaded,
        masked: masked.map(|at| (at - started) as f64 / 1e6),
        reacted,
    }
}

/// When an access point says goodbye to all of its stations for the first time, and when it is back.
fn goodbye(story: &Story, evidence: &Evidence) -> Option<(u64, u64)> {
    let line = |wanted: AccessPointEvent| {
        let is_it = |step: &Step| matches!(step, Step::When(Event::AccessPoint(_, event)) if *event == wanted);
        story.lines.iter().find(|line| is_it(&line.step))
    };
    let leaves = evidence.span(line(AccessPointEvent::Leaves)?.number)?.start;
    let returns = evidence
        .span(line(AccessPointEvent::Returns)?.number)?
        .start;
    let is_goodbye = |kind: Kind| matches!(kind, Kind::Deauthentication | Kind::Disassociation);
    let mut frames = evidence.frames.iter().filter(|it| it.at >= leaves);
    let first = frames.find(|it| is_goodbye(it.kind))?;
    Some((first.at, returns))
}
