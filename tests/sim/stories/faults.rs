//! The stories again, with every single fault at every action of macveil, and with several by chance.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::case::{Case, Outcome};
use super::{cards, stories};
use crate::day::random;
use crate::from_environment;
use crate::world::{Fault, FaultAt};
use macveil_testkit::digest;
use macveil_testkit::scenarios::Story;

/// Of all single faults every one of so many is tried, unless `MACVEIL_SIM_STORY_STRIDE` says otherwise: a
/// prime, so that each kind of fault has its turn.
const STRIDE: u64 = 211;
/// How often a story by chance is played with faults by chance, unless `MACVEIL_SIM_STORY_PLAYS` says
/// otherwise.
const PLAYS: u64 = 300;
/// Enough to see what is wrong.
const MOST_PROBLEMS: usize = 8;
/// Cases that once went wrong, a line each.
const KEPT: &str = include_str!("kept.txt");

/// Stories that can be played, and have macveil in them.
fn playable() -> BTreeMap<String, Story> {
    let mut all = stories();
    all.retain(|_, story| digest::is_left_out(story).is_none() && story.has_macveil());
    all
}

/// What was found, and how much was played.
#[derive(Default)]
struct Tally {
    plays: AtomicU64,
    steps: AtomicU64,
    problems: Mutex<Vec<String>>,
}

impl Tally {
    fn count(&self, outcome: &Outcome) {
        self.plays.fetch_add(1, Ordering::Relaxed);
        self.steps.fetch_add(outcome.world.steps, Ordering::Relaxed);
    }

    fn note(&self, case: &Case, problem: &str) {
        let line = format!("{case}   {problem}");
        // A long run says what it finds as it finds it.
        println!("{line}");
        let mut problems = self.problems.lock().expect("no panic");
        problems.push(line);
    }

    /// Panics if anything was found.
    fn conclude(self, begin: Instant) {
        let (plays, steps) = (self.plays.into_inner(), self.steps.into_inner());
        let rate = plays as f64 / begin.elapsed().as_secs_f64();
        println!("{plays} stories with faults, {steps} steps, {rate:.0} stories a second");
        let mut problems = self.problems.into_inner().expect("no panic");
        problems.sort();
        let count = problems.len();
        problems.truncate(MOST_PROBLEMS);
        assert!(
            problems.is_empty(),
            "{count} of them went wrong:\n{}\nTo play one again: \
             MACVEIL_SIM_STORY='{}' cargo test --test sim replay_story -- --nocapture",
            problems.join("\n"),
            problems[0].split("   ").next().unwrap_or_default(),
        );
    }
}

/// Every single fault at every action of this story on this card whose turn it is.
fn play_all(name: &str, story: &Story, card: &'static str, stride: u64, tally: &Tally) {
    let mut case = Case::plain(name, card);
    let plain = case.play_plain(story);
    let kinds = Fault::every();
    // Each story begins elsewhere.
    let offset = name.bytes().chain(card.bytes()).map(u64::from).sum::<u64>();
    let all = plain.actions * kinds.len() as u64;
    for number in (0..all).filter(|number| (number + offset).is_multiple_of(stride)) {
        let fault = kinds[(number % kinds.len() as u64) as usize];
        let action = number / kinds.len() as u64;
        case.faults = vec![FaultAt { action, fault }];
        let outcome = case.play_of(story, plain);
        tally.count(&outcome);
        if let Some(problem) = outcome.problem(plain) {
            tally.note(&case, problem);
        }
    }
}

/// The whole of it is a matter of minutes: `make soak`.
#[test]
fn stories_in_which_one_thing_goes_wrong_keep_the_promise() {
    let begin = Instant::now();
    let stride = from_environment("MACVEIL_SIM_STORY_STRIDE", STRIDE);
    let stories = playable();
    let stories: Vec<_> = stories.iter().collect();
    let (tally, next) = (Tally::default(), AtomicUsize::new(0));
    let play = || {
        while let Some((name, story)) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
            for (card, _) in cards() {
                play_all(name, story, card, stride, &tally);
            }
            if stride == 1 {
                let seconds = begin.elapsed().as_secs();
                println!("{name}: every fault at every action, after {seconds} s");
            }
        }
    };
    let threads = if stride == 1 {
        thread::available_parallelism().map_or(1, usize::from)
    } else {
        1
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(play);
        }
    });
    tally.conclude(begin);
}

/// `MACVEIL_SIM_SEED` begins elsewhere.
#[test]
fn stories_in_which_several_things_go_wrong_keep_the_promise() {
    let begin = Instant::now();
    let plays = from_environment("MACVEIL_SIM_STORY_PLAYS", PLAYS);
    let first = from_environment("MACVEIL_SIM_SEED", 0);
    let stories = playable();
    let names: Vec<_> = stories.keys().collect();
    let mut known = BTreeMap::new();
    let tally = Tally::default();
    for seed in first..first + plays {
        let mut chance = StdRng::seed_from_u64(seed ^ 0x570_1e5);
        let name = names[chance.random_range(0..names.len())];
        let story = &stories[name];
        let (card, _) = cards()[chance.random_range(0..cards().len())];
        let mut case = Case {
            seed,
            ..Case::plain(name, card)
        };
        // Chance has a small part in how many actions there are.
        let plain = *known
            .entry((name, card))
            .or_insert_with(|| case.play_plain(story));
        let count = chance.random_range(2..6);
        let more = std::iter::repeat_with(|| random::fault(&mut chance, plain.actions));
        case.faults = more.take(count).collect();
        let outcome = case.play_of(story, plain);
        tally.count(&outcome);
        if let Some(problem) = outcome.problem(plain) {
            tally.note(&case.shortest(story, plain), problem);
        }
    }
    tally.conclude(begin);
}

/// Those that are kept, and the one that `MACVEIL_SIM_STORY` is.
#[test]
fn replay_story() {
    let stories = playable();
    let named = std::env::var("MACVEIL_SIM_STORY").ok();
    for line in KEPT.lines().chain(named.as_deref()) {
        let case: Case = line.parse().expect("a story with faults");
        let story = &stories[&case.story];
        let plain = case.play_plain(story);
        let outcome = case.play_aloud(story, plain);
        if named.as_deref() == Some(line) {
            println!("{}", outcome.tell());
        }
        let problem = outcome.problem(plain);
        assert_eq!(problem, None, "{line}\n{}", outcome.tell());
    }
}

#[test]
fn a_case_is_the_same_after_it_was_told() {
    let mut case = Case::plain("kick", "powered");
    for fault in Fault::every() {
        let action = case.faults.len() as u64;
        case.faults.push(FaultAt { action, fault });
        assert_eq!(case.to_string().parse(), Ok(case.clone()));
    }
    for wrong in [
        "kick driver: 1 not-done",
        "kick car 3: 1 not-done",
        "kick driver 3: 1 not",
    ] {
        assert!(wrong.parse::<Case>().is_err(), "{wrong}");
    }
}
