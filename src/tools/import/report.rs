//! The result for each setting.

use super::keyfile::{KeyFile, OrderedMap, Value};

/// The results of an import, in the order of the settings.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    items: Vec<ReportItem>,
    /// By file and setting.
    places: OrderedMap<Place>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    line: Option<usize>,
    /// What is reported only once.
    said: Vec<(ImportOutcome, String)>,
}

/// The result for a setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportItem {
    /// File of the setting.
    pub file: String,
    /// The setting as written, or another description.
    pub setting: String,
    /// Line of the setting in its file, if the item is about one setting.
    pub source_line: Option<usize>,
    /// The result.
    pub outcome: ImportOutcome,
    /// The new setting, the reason, or what to do.
    pub text: String,
    /// Line of the new setting in the written configuration.
    pub line: Option<usize>,
}

/// The result for a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportOutcome {
    /// macveil does the same as `NetworkManager`.
    Imported,
    /// It has no effect on macveil.
    NotNeeded,
    /// macveil cannot do the same; the text has the remedy.
    NotPossible,
}

impl ImportReport {
    /// All items.
    #[must_use]
    pub fn items(&self) -> &[ReportItem] {
        &self.items
    }

    /// Adds a file that is not read, with the remedy.
    pub fn not_read(&mut self, file: &str, what_to_do: &str) {
        let text = format!("not read: {what_to_do}");
        self.add(file, "the file", ImportOutcome::NotPossible, text);
    }

    pub(super) fn add(
        &mut self,
        file: &str,
        setting: impl Into<String>,
        outcome: ImportOutcome,
        text: impl Into<String>,
    ) {
        let (setting, text) = (setting.into(), text.into());
        let place = self.place(file, &setting);
        let said = (outcome, text.clone());
        // A problem for both Wi-Fi and Ethernet is reported once.
        if outcome != ImportOutcome::Imported {
            if place.said.contains(&said) {
                return;
            }
            place.said.push(said);
        }
        let source_line = place.line;
        self.items.push(ReportItem {
            file: file.to_owned(),
            setting,
            source_line,
            outcome,
            text,
            line: None,
        });
    }

    fn place(&mut self, file: &str, setting: &str) -> &mut Place {
        self.places.named(&[file, "\0", setting].concat())
    }

    /// Remembers the lines of a file's settings for items about them.
    pub(super) fn locate(&mut self, file: &KeyFile) {
        for (group, settings) in file.groups() {
            for (key, value) in settings.all() {
                let setting = format!("[{group}] {key}={}", value.raw);
                self.place(&value.file, &setting).line = Some(value.line);
            }
        }
    }

    /// Adds an item about one setting.
    pub(super) fn about(
        &mut self,
        value: &Value,
        setting: impl Into<String>,
        outcome: ImportOutcome,
        text: impl Into<String>,
    ) {
        self.add(&value.file, setting, outcome, text);
    }

    pub(super) fn imported(
        &mut self,
        file: &str,
        setting: impl Into<String>,
        text: impl Into<String>,
        line: usize,
    ) {
        self.add(file, setting, ImportOutcome::Imported, text);
        if let Some(item) = self.items.last_mut() {
            item.line = Some(line);
        }
    }
}

impl ImportOutcome {
    /// The words in text.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::NotNeeded => "not needed",
            Self::NotPossible => "not possible",
        }
    }

    /// The word in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imported => "taken",
            Self::NotNeeded => "not_needed",
            Self::NotPossible => "not_possible",
        }
    }
}
