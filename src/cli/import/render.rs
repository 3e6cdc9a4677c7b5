//! What became of everything, for people and for programs.

use std::io::{self, Write};

use super::{Answer, DROP_IN, KeyOutcome, THEIR_KEY};
use crate::config::harmless;
use crate::json::Json;
use crate::store::ImportedKey;
use crate::tools::import::Item;

pub(super) fn answer(answer: &Answer, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", answer.to_json());
    }
    match answer.version {
        Some(version) => writeln!(out, "NetworkManager {version}")?,
        None => writeln!(
            out,
            "NetworkManager's version is not known, so its files are read as the newest reads them (see --nm-version)"
        )?,
    }
    items(&answer.items, out)?;
    writeln!(out)?;
    let (key, path) = (answer.key, answer.key_path.display());
    match key {
        KeyOutcome::None => writeln!(
            out,
            "key: NetworkManager has none, so it never made a stable address; macveil makes its own"
        )?,
        KeyOutcome::Invalid => writeln!(
            out,
            "key: {THEIR_KEY} is too short to be one, and NetworkManager did not use it; macveil makes its own"
        )?,
        KeyOutcome::Imported(ImportedKey::Same) => {
            writeln!(out, "key: {path} is NetworkManager's already")?;
        }
        KeyOutcome::Imported(_) => {
            let is = if answer.dry_run { "would be" } else { "is" };
            writeln!(out, "key: {THEIR_KEY} {is} copied to {path}")?;
        }
    }
    if answer.dry_run {
        writeln!(out, "{DROP_IN} would be:\n\n{}", answer.configuration)?;
        return Ok(());
    }
    writeln!(out, "written: {DROP_IN}")?;
    if !answer.beside.is_empty() {
        let files = answer.beside.join(", ");
        writeln!(
            out,
            "beside it {files} holds; `macveil explain SSID` says what comes of both"
        )?;
    }
    writeln!(
        out,
        "next: stop NetworkManager, give wpa_supplicant your networks, restart macveil"
    )
}

fn items(items: &[Item], out: &mut impl Write) -> io::Result<()> {
    let mut files: Vec<&str> = Vec::new();
    for item in items {
        if !files.contains(&item.file.as_str()) {
            files.push(&item.file);
        }
    }
    for file in files {
        writeln!(out, "\n{}", harmless(file))?;
        for item in items.iter().filter(|item| item.file == file) {
            write!(
                out,
                "  {}\n    {}: {}",
                harmless(&item.setting),
                item.outcome.words(),
                harmless(&item.text)
            )?;
            match item.line {
                Some(line) => writeln!(out, " (line {line})")?,
                None => writeln!(out)?,
            }
        }
    }
    Ok(())
}

impl Answer {
    fn to_json(&self) -> Json {
        let key = match self.key {
            KeyOutcome::None => "none",
            KeyOutcome::Invalid => "invalid",
            KeyOutcome::Imported(ImportedKey::Same) => "same",
            KeyOutcome::Imported(ImportedKey::Written) => "copied",
            KeyOutcome::Imported(ImportedKey::Different) => "different",
        };
        Json::Object(vec![
            ("dry_run", Json::Bool(self.dry_run)),
            ("version", Json::optional(self.version)),
            ("file", Json::text(DROP_IN)),
            ("text", Json::text(&self.configuration)),
            ("key", Json::text(key)),
            ("key_file", Json::text(self.key_path.display())),
            (
                "settings",
                Json::List(self.items.iter().map(item).collect()),
            ),
        ])
    }
}

fn item(item: &Item) -> Json {
    let line = item.line.and_then(|line| u64::try_from(line).ok());
    Json::Object(vec![
        ("file", Json::text(&item.file)),
        ("setting", Json::text(&item.setting)),
        ("outcome", Json::text(item.outcome.name())),
        ("text", Json::text(&item.text)),
        ("line", line.map_or(Json::Null, Json::Number)),
    ])
}
