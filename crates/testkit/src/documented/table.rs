//! Reads `commands.txt`; see there.

use super::Command;

const TABLE: &str = include_str!("commands.txt");

/// What the machine is like on which something is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    OtherMachine,
    Paused,
    Connected,
    Disconnected,
    Alone,
    WithNetworkManager,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With this exit code.
    Code(i32),
    /// When it is told to.
    Never,
}

/// How a command is typed, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conduct {
    pub situation: Situation,
    pub before: Vec<String>,
    pub meanwhile: Option<String>,
    pub end: End,
    pub says: Vec<String>,
    /// What is typed in the place of what.
    pub instead: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Typed(Conduct),
    /// This file has these words.
    RunBy {
        file: String,
        words: String,
    },
    LeftOut {
        why: String,
    },
    /// A sentence is about the command, and has not all that it needs.
    OnlyNamed,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub commands: Vec<String>,
    page: Option<String>,
    /// What the page shows below it.
    shows: Option<String>,
    pub fate: Fate,
}

pub struct Rows(pub Vec<Row>);

impl Rows {
    pub fn read() -> Self {
        let paragraphs = TABLE.split("\n\n").skip(1);
        Self(paragraphs.map(row).collect())
    }

    /// The first one that is about it.
    pub fn position(&self, command: &Command) -> Option<usize> {
        self.0.iter().position(|row| row.is_about(command))
    }

    pub fn fate(&self, command: &Command) -> Fate {
        let row = self.position(command).and_then(|at| self.0.get(at));
        row.map_or(Fate::Typed(Conduct::default()), |row| row.fate.clone())
    }
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            situation: Situation::Connected,
            before: Vec::new(),
            meanwhile: None,
            end: End::Code(0),
            says: Vec::new(),
            instead: Vec::new(),
        }
    }
}

impl Conduct {
    /// What is really typed.
    pub fn text(&self, command: &Command) -> String {
        let mut text = command.text.clone();
        for (new, old) in &self.instead {
            text = text.replace(old, new);
        }
        text
    }
}

impl Row {
    fn is_about(&self, command: &Command) -> bool {
        let bare = command.bare();
        let is_it = |wanted: &String| match wanted.strip_suffix('*') {
            Some(beginning) => bare.starts_with(beginning),
            None => bare == wanted,
        };
        let shows = |words: &String| command.shown.iter().any(|line| line.contains(words));
        self.commands.iter().any(is_it)
            && self.page.as_ref().is_none_or(|page| *page == command.page)
            && self.shows.as_ref().is_none_or(shows)
    }
}

fn row(paragraph: &str) -> Row {
    let mut commands = Vec::new();
    let (mut page, mut shows) = (None, None);
    let mut conduct = Conduct::default();
    let mut fate = None;
    for line in paragraph.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = rest.to_owned();
        match word {
            "$" => commands.push(text),
            "of" => page = Some(text),
            "showing" => shows = Some(text),
            "while" => conduct.situation = situation(rest),
            "after" => conduct.before.push(text),
            "meanwhile" => conduct.meanwhile = Some(text),
            "ends" => conduct.end = End::Code(rest.parse().expect("an exit code")),
            "never" => conduct.end = End::Never,
            "says" => conduct.says.push(text),
            "with" => {
                let (new, old) = rest.split_once(" for ").expect("NEW for OLD");
                conduct.instead.push((new.to_owned(), old.to_owned()));
            }
            "run" => {
                let (file, words) = rest.split_once(": ").expect("FILE: WORDS");
                fate = Some(Fate::RunBy {
                    file: file.trim_start_matches("by ").to_owned(),
                    words: words.to_owned(),
                });
            }
            "left" => {
                let why = rest.strip_prefix("out: ").expect("out: WHY").to_owned();
                fate = Some(Fate::LeftOut { why });
            }
            "named" => fate = Some(Fate::OnlyNamed),
            _ => panic!("{line:?} is none of the table's lines"),
        }
    }
    assert!(
        !commands.is_empty(),
        "a row without a command: {paragraph:?}"
    );
    Row {
        commands,
        page,
        shows,
        fate: fate.unwrap_or(Fate::Typed(conduct)),
    }
}

fn situation(words: &str) -> Situation {
    match words {
        "on another machine" => Situation::OtherMachine,
        "disconnected" => Situation::Disconnected,
        "paused" => Situation::Paused,
        "neither runs" => Situation::Alone,
        "with NetworkManager" => Situation::WithNetworkManager,
        _ => panic!("{words:?} is not a situation"),
    }
}
