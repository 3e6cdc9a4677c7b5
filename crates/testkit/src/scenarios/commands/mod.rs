//! Commands that a user may type, drawn from the tables next to this file.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::story::Event;
use super::trouble::Deed;

/// For the users of one supplicant; macveil's users type the last one, too.
const TABLES: [(&str, &str); 2] = [
    ("wpa_supplicant", include_str!("wpa_supplicant.txt")),
    ("iwd", include_str!("iwd.txt")),
];
const FOR_ALL: &str = include_str!("macveil.txt");

/// The only network that the commands ask for by its name though it is not among the story's.
pub const NAMED: &str = "Elsewhere";

/// The kinds of commands that users of a supplicant have, as often as they are typed.
pub fn kinds(supplicant: &str) -> Option<Vec<&'static str>> {
    let (_, table) = TABLES.iter().find(|(name, _)| *name == supplicant)?;
    let lines = table.lines().chain(FOR_ALL.lines());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    Some(lines.collect())
}

/// Like cards from decks that are shuffled whenever they are used up: each kind comes as often as any other.
#[derive(Default)]
pub struct Hand(BTreeMap<String, Vec<&'static str>>);

impl Hand {
    /// What a user types next, as an event in its own words.
    pub fn draw(&mut self, supplicant: &str, rng: &mut StdRng) -> Result<Deed, String> {
        let deck = self.0.entry(supplicant.to_owned()).or_default();
        if deck.is_empty() {
            *deck = kinds(supplicant).ok_or_else(|| format!("no table for {supplicant}"))?;
            deck.shuffle(rng);
        }
        let kind = deck.pop().ok_or("an empty table")?;
        let command = with_choices(kind, rng)?;
        let words = super::parse::shell_words(&command)?;
        Ok(Deed {
            words: told(&command),
            event: Box::new(Event::CommandRun(words)),
        })
    }
}

const TOLD: &str = "the user types: ";

fn told(command: &str) -> String {
    format!("{TOLD}{command}")
}

/// The command's words, if this tells of a drawn one.
pub fn typed(told: &str) -> Option<Vec<String>> {
    super::parse::shell_words(told.strip_prefix(TOLD)?).ok()
}

/// `{a|b}` becomes `a` or `b`.
fn with_choices(kind: &str, rng: &mut StdRng) -> Result<String, String> {
    let mut command = String::new();
    let mut rest = kind;
    while let Some((before, after)) = rest.split_once('{') {
        let (choices, after) = after.split_once('}').ok_or("a choice is not closed")?;
        let choices: Vec<_> = choices.split('|').collect();
        command += before;
        command += choices[rng.random_range(0..choices.len())];
        rest = after;
    }
    Ok(command + rest)
}
