//! What became of each setting.

use std::collections::BTreeSet;

/// Everything that there is to be said of an import, in the order of its finding.
#[derive(Debug, Clone, Default)]
pub struct Report {
    items: Vec<Item>,
    /// Those of them that are said once.
    once: BTreeSet<Item>,
}

/// What became of a setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The file it is in.
    pub file: String,
    /// The setting as it is written there, or whatever else is meant.
    pub setting: String,
    /// What became of it.
    pub outcome: Outcome,
    /// In words: as what, why, or what to do.
    pub text: String,
    /// Where it is now: a line of the text that was made.
    pub line: Option<usize>,
}

/// What became of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// macveil does as `NetworkManager` did.
    Taken,
    /// Nothing is lost without it.
    Unneeded,
    /// macveil cannot do the same; the text says what to do.
    Impossible,
}

impl Report {
    /// All items.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A file that is not read, and what to do.
    pub fn not_read(&mut self, file: &str, what_to_do: &str) {
        let text = format!("not read: {what_to_do}");
        self.add(file, "the file", Outcome::Impossible, text);
    }

    pub(super) fn add(
        &mut self,
        file: &str,
        setting: impl Into<String>,
        outcome: Outcome,
        text: impl Into<String>,
    ) {
        let item = Item {
            file: file.to_owned(),
            setting: setting.into(),
            outcome,
            text: text.into(),
            line: None,
        };
        // What is wrong for Wi-Fi and for Ethernet is said once.
        if outcome == Outcome::Taken || self.once.insert(item.clone()) {
            self.items.push(item);
        }
    }

    pub(super) fn taken(
        &mut self,
        file: &str,
        setting: impl Into<String>,
        text: impl Into<String>,
        line: usize,
    ) {
        self.add(file, setting, Outcome::Taken, text);
        if let Some(item) = self.items.last_mut() {
            item.line = Some(line);
        }
    }
}

impl Outcome {
    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Taken => "taken over",
            Self::Unneeded => "not needed",
            Self::Impossible => "not possible",
        }
    }

    /// For programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Unneeded => "not_needed",
            Self::Impossible => "not_possible",
        }
    }
}
