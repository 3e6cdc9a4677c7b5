//! A story in which something goes wrong: whatever it expects may then come late or not at all, but the
//! promise is kept, and where its own end is a connection, there is one in the end.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::cards;
use super::player::{MOMENT, Player, SEED};
use crate::day::text::fault_of;
use crate::world::{FaultAt, World};
use macveil_testkit::scenarios::Story;

/// For so long a connection may be missing after the story's end: a card is held for five minutes at most.
const RECOVERY: Duration = Duration::from_secs(600);

/// Which story on which card, what is left to chance, and what goes wrong as macveil acts.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub story: String,
    pub card: &'static str,
    pub seed: u64,
    pub faults: Vec<FaultAt>,
}

/// How it went.
pub struct Outcome {
    pub world: World,
    /// macveil's actions until the story's end.
    pub actions: u64,
    /// macveil runs, and nothing that the story needs was left out.
    is_whole: bool,
    pub connected: bool,
}

/// How it goes when nothing goes wrong.
#[derive(Debug, Clone, Copy)]
pub struct Plain {
    pub actions: u64,
    /// It ends with a connection.
    connects: bool,
}

impl Case {
    /// Without faults.
    pub fn plain(story: &str, card: &'static str) -> Self {
        let (story, seed, faults) = (story.to_owned(), SEED, Vec::new());
        Self {
            story,
            card,
            seed,
            faults,
        }
    }

    pub fn play_plain(&self, story: &Story) -> Plain {
        let faults = Vec::new();
        let outcome = Self {
            faults,
            ..self.clone()
        }
        .play(story, true, false);
        let broken = &outcome.world.air.broken;
        assert!(broken.is_empty(), "{self}, without faults: {broken:?}");
        Plain {
            actions: outcome.actions,
            connects: outcome.is_whole && outcome.connected,
        }
    }

    /// Plays it to its end, and waits for a connection if there is to be one.
    pub fn play_of(&self, story: &Story, plain: Plain) -> Outcome {
        self.play(story, plain.connects, false)
    }

    /// With a log to be looked at.
    pub fn play_aloud(&self, story: &Story, plain: Plain) -> Outcome {
        self.play(story, plain.connects, true)
    }

    fn play(&self, story: &Story, connects: bool, aloud: bool) -> Outcome {
        let card = cards().into_iter().find(|(name, _)| *name == self.card);
        let (_, card) = card.expect("a card");
        let mut player = Player::new(story, card, self.seed);
        player.tolerant = true;
        let world = &mut player.world;
        world.sniffer.listens = false;
        world.daemon.keep_log = aloud;
        world.air.keep_all = aloud;
        // Until macveil begins.
        world.air.unwatched = true;
        world.daemon.faults.clone_from(&self.faults);
        player.play_on(story, connects)
    }

    /// With as few faults as lead to a problem.
    pub fn shortest(&self, story: &Story, plain: Plain) -> Self {
        let mut shortest = self.clone();
        for fault in &self.faults {
            let mut shorter = shortest.clone();
            shorter.faults.retain(|it| it != fault);
            if shorter.play_of(story, plain).problem(plain).is_some() {
                shortest = shorter;
            }
        }
        shortest
    }
}

impl Player {
    fn play_on(mut self, story: &Story, connects: bool) -> Outcome {
        for line in &story.lines {
            self.world.note_line(|| format!("== {}", line.text));
            if let Err(problem) = self.carry_out(&line.step) {
                self.world.note_line(|| format!("== {problem}"));
            }
            self.world.pass(MOMENT);
        }
        self.world.note_line(|| "== the story is over".to_owned());
        let actions = self.world.daemon.actions;
        let is_whole = self.world.daemon.state().is_some() && !self.skipped;
        let patience = if connects && is_whole {
            RECOVERY
        } else {
            MOMENT
        };
        let connected = self.world.wait(patience, |world| {
            let mut aps = world.access_points.iter();
            aps.any(|ap| world.is_connected_to(&ap.name))
        });
        Outcome {
            world: self.world,
            actions,
            is_whole,
            connected,
        }
    }
}

impl Outcome {
    pub fn problem(&self, plain: Plain) -> Option<&'static str> {
        if let Some(broken) = self.world.air.broken.first() {
            return Some(broken.why);
        }
        (self.is_whole && plain.connects && !self.connected).then_some("no connection in the end")
    }

    /// What happened.
    pub fn tell(&self) -> String {
        let world = &self.world;
        let frames: Vec<_> = world.air.frames.iter().map(ToString::to_string).collect();
        format!(
            "{}\n\nframes:\n{}\n\nconnected in the end: {}\n{:#?}",
            world.daemon.log.join("\n"),
            frames.join("\n"),
            self.connected,
            world.air.broken
        )
    }
}

/// As in `kick driver 3: 17 refused 16, 20 slow 3000000`: the story, the card, the seed, and each fault
/// after the number of the action.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}:", self.story, self.card, self.seed)?;
        for (index, FaultAt { action, fault }) in self.faults.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma} {action} {fault}")?;
        }
        Ok(())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| format!("not a story with faults: {text}"))
    }
}

fn read(text: &str) -> Option<Case> {
    let (head, faults) = text.split_once(':')?;
    let [story, card, seed] = head
        .split_whitespace()
        .collect::<Vec<_>>()
        .try_into()
        .ok()?;
    let (card, _) = cards().into_iter().find(|(name, _)| *name == card)?;
    let faults = faults.split(',').map(str::trim).filter(|it| !it.is_empty());
    let faults = faults.map(|text| {
        let words: Vec<_> = text.split_whitespace().collect();
        let (action, fault) = words.split_first()?;
        Some(FaultAt {
            action: action.parse().ok()?,
            fault: fault_of(fault)?,
        })
    });
    Some(Case {
        story: story.to_owned(),
        card,
        seed: seed.parse().ok()?,
        faults: faults.collect::<Option<_>>()?,
    })
}
