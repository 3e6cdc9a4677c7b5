//! Who plays which stories.

use std::fs;

use super::super::paths;
use super::super::plan::{Run, Shelf};
use super::contenders::{self, Contender};
use super::online;
use macveil_testkit::scenarios;

/// The one that has all of macveil's methods.
pub const KERNEL: &str = "6.12";
pub const RADIOS: [usize; 4] = [1, 8, 32, 64];

/// What one guest plays.
pub struct Job {
    /// None where everybody is in one story.
    pub contender: Option<&'static Contender>,
    pub radios: usize,
    pub runs: Vec<Run>,
}

impl Job {
    pub fn name(&self) -> String {
        let stories: Vec<_> = self.runs.iter().map(|run| run.story.as_str()).collect();
        stories.join(", ")
    }

    /// Of those stories only whose names have one of these parts, if there are any; none if none is left.
    pub fn choose(&self, parts: &[String]) -> Option<Self> {
        let wanted = |run: &&Run| parts.is_empty() || parts.iter().any(|it| run.story.contains(it));
        let runs: Vec<Run> = self.runs.iter().filter(wanted).cloned().collect();
        (!runs.is_empty()).then_some(Self { runs, ..*self })
    }
}

/// In the reverse order of their start: those that take longest come first.
pub fn make() -> Result<(Shelf, Vec<Job>), String> {
    let mut shelf = Shelf::default();
    let mut run = |name: String, text: String, method| {
        shelf.add(&name, text)?;
        Ok::<_, String>(Run {
            kernel: KERNEL,
            method,
            story: name,
        })
    };
    let mut jobs = vec![Job {
        contender: None,
        radios: 1,
        runs: vec![run("changes".to_owned(), text("changes")?, "without")?],
    }];
    for it in &contenders::ALL {
        let mut runs = Vec::new();
        for story in ["day", "outages", "idle", "roam"] {
            let name = format!("{story}-{}", it.key);
            runs.push(run(name, it.tell(&text(story)?), it.method)?);
        }
        jobs.push(Job {
            contender: Some(it),
            radios: 1,
            runs,
        });
    }
    for (name, text) in scenarios::variants("online", &text("online")?) {
        let it = online::contender(&name)?;
        jobs.push(Job {
            contender: Some(it),
            radios: 1,
            runs: vec![run(name, it.tell(&text), it.method)?],
        });
    }
    for it in contenders::of_scale() {
        for radios in RADIOS {
            let name = format!("scale-{}-{radios}", it.key);
            let story = text("scale")?.replace("1 stations", &format!("{radios} stations"));
            jobs.push(Job {
                contender: Some(it),
                radios,
                runs: vec![run(name, it.tell(&story), it.method)?],
            });
        }
    }
    Ok((shelf, jobs))
}

fn text(story: &str) -> Result<String, String> {
    let path = paths::project().join(format!("tests/bench/stories/{story}.story"));
    fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
}
