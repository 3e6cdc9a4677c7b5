//! Reads `misconfigurations.txt`; see there.

const TABLE: &str = include_str!("misconfigurations.txt");

/// Something that is done to a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plant {
    Write { file: String, text: String },
    Add { file: String, text: String },
    Remove { file: String },
    Run { command: String },
}

/// What is planted together, and what is then found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misconfiguration {
    pub plants: Vec<Plant>,
    /// Nothing if all findings are good.
    pub found: Vec<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub id: String,
    pub severity: String,
    /// Part of the remedy.
    pub hint: String,
}

/// What the good machine has besides, and all that may be wrong.
pub fn table() -> (Vec<Plant>, Vec<Misconfiguration>) {
    let mut paragraphs = TABLE.split("\n\n").skip(1).map(paragraph);
    let good = paragraphs.next().expect("the first paragraph").plants;
    (good, paragraphs.collect())
}

fn paragraph(text: &str) -> Misconfiguration {
    let mut it = Misconfiguration::default();
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').expect("a word and more");
        let file = rest.to_owned();
        match word {
            "finds" => it.found.extend(found(rest)),
            "writes" => it.plants.push(Plant::Write {
                file,
                text: String::new(),
            }),
            "adds" => it.plants.push(Plant::Add {
                file,
                text: String::new(),
            }),
            "removes" => it.plants.push(Plant::Remove { file }),
            "runs" => it.plants.push(Plant::Run { command: file }),
            "|" => match it.plants.last_mut() {
                Some(Plant::Write { text, .. } | Plant::Add { text, .. }) => {
                    *text += rest;
                    text.push('\n');
                }
                other => panic!("{line} after {other:?}"),
            },
            "#" => {}
            _ => panic!("{line}"),
        }
    }
    it
}

fn found(text: &str) -> Option<Found> {
    if text == "nothing" {
        return None;
    }
    let mut words = text.splitn(3, ' ').map(str::to_owned);
    let mut next = || words.next().expect("ID SEVERITY HINT");
    Some(Found {
        id: next(),
        severity: next(),
        hint: next(),
    })
}
