//! What is told while the stories are played and at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use super::paths;
use super::plan::Run;
use super::verdict::Verdict;

#[derive(Default)]
pub struct Report {
    planned: usize,
    passed: usize,
    failed: Vec<String>,
    /// Seconds to be back online, by rig.
    back_online: BTreeMap<String, Vec<f64>>,
}

impl Report {
    pub fn of(planned: usize) -> Self {
        Self {
            planned,
            ..Self::default()
        }
    }

    pub fn add(&mut self, run: &Run, verdict: Verdict, took: Duration) {
        let name = format!("{} {}", run.rig(), run.story);
        let seconds = took.as_secs();
        let outages = verdict.outages.iter();
        let times = outages.map(|outage| outage.back_after as f64 / 1e6);
        if run.has_macveil() {
            self.back_online.entry(run.rig()).or_default().extend(times);
        }
        if verdict.failures.is_empty() {
            println!("passed  {name} ({seconds} s)");
            self.passed += 1;
        } else {
            println!("FAILED  {name} ({seconds} s)");
            for failure in &verdict.failures {
                println!("        {}", failure.replace('\n', "\n        "));
            }
            println!("        see {}", paths::failed(run).display());
            self.failed.push(name);
        }
        for line in verdict.measured {
            println!("        {line}");
        }
    }

    pub fn all_passed(&self) -> bool {
        self.passed == self.planned
    }

    pub fn close(&self, took: Duration) {
        println!();
        for (rig, times) in &self.back_online {
            if let Some(text) = distribution(times) {
                println!("back online, {rig}: {text}");
            }
        }
        for name in &self.failed {
            println!("FAILED  {name}");
        }
        let missing = self.planned - self.passed - self.failed.len();
        if missing > 0 {
            println!("{missing} stories of the plan were not played");
        }
        println!("the lab took {} s", took.as_secs());
        println!("{} passed, {} failed", self.passed, self.failed.len());
    }
}

fn distribution(times: &[f64]) -> Option<String> {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let (count, worst) = (times.len(), times.last()?);
    let median = super::verdict::middle(&times);
    Some(format!(
        "{count} outages, median {median:.2} s, worst {worst:.2} s"
    ))
}
