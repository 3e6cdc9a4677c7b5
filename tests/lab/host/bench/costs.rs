//! What a story cost, from the samples of its processes.

use std::collections::BTreeMap;

use macveil_testkit::record::Micros;
use macveil_testkit::sample::Sample;
use macveil_testkit::scenarios::{Event, Step, Story};

/// Every machine has it, whether anything of Wi-Fi runs on it or not.
const BUS: &str = "dbus-daemon";

/// Sums over processes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    pub resident: u64,
    pub private: u64,
    pub processor: u64,
    pub user: u64,
    pub wakeups: u64,
}

pub struct Costs {
    samples: Vec<Sample>,
}

impl Costs {
    pub fn read(text: &str) -> Result<Self, String> {
        let samples: Result<Vec<Sample>, _> = text.lines().map(str::parse).collect();
        samples.map(|samples| Self { samples })
    }

    /// When the first of the programs was started.
    pub fn started(&self) -> Option<Micros> {
        // The clock from which it is known stands still while the machine sleeps.
        let first = self.samples.iter().find(|it| it.program != BUS)?.at;
        let there = self
            .samples
            .iter()
            .filter(|it| it.at == first && it.program != BUS);
        there.map(|it| it.started).min()
    }

    /// At the beginning of a step, or at the end of the story (0): of one program, or of all but the bus.
    pub fn at(&self, step: usize, program: Option<&str>) -> Cost {
        let mut sum = Cost::default();
        let wanted = |it: &&Sample| match program {
            Some(program) => it.program == program,
            None => it.program != BUS,
        };
        for it in self
            .samples
            .iter()
            .filter(|it| it.step == step)
            .filter(wanted)
        {
            sum.resident += it.resident;
            sum.private += it.private;
            sum.processor += it.processor;
            sum.user += it.user;
            sum.wakeups += it.wakeups;
        }
        sum
    }

    /// In bytes: the program's file, and those of all programs with all the libraries that they have loaded.
    pub fn sizes(&self, program: &str) -> (u64, u64) {
        let mut all = BTreeMap::new();
        for it in self.samples.iter().filter(|it| it.program != BUS) {
            all.insert(it.program.as_str(), (it.file, it.loaded));
        }
        let own = all.get(program).map_or(0, |(file, _)| *file);
        (own, all.values().map(|(_, loaded)| loaded).sum())
    }
}

/// The step in which most time passes, and the one after it.
pub fn longest_pause(story: &Story) -> Option<(usize, usize)> {
    let pairs = story.lines.iter().zip(story.lines.iter().skip(1));
    let pauses = pairs.filter_map(|(line, next)| match line.step {
        Step::When(Event::Pass(time)) => Some((time, (line.number, next.number))),
        _ => None,
    });
    pauses.max_by_key(|(time, _)| *time).map(|(_, steps)| steps)
}
