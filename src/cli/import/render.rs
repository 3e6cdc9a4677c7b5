//! Prints the results as text and JSON.

use std::io::{self, Write};

use super::{DROP_IN, KeyOutcome, NM_KEY, Summary};
use crate::config::harmless;
use crate::json::Json;
use crate::store::ImportedKey;
use crate::tools::import::ReportItem;

pub(super) fn summary(summary: &Summary, json: bool, out: &mut impl Write) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", summary.to_json());
    }
    match summary.version {
        Some(version) => writeln!(out, "NetworkManager {version}")?,
        None => writeln!(
            out,
            "NetworkManager: unknown version; files are read as by the newest one (see --nm-version)"
        )?,
    }
    items(&summary.items, out)?;
    writeln!(out)?;
    let (key, path) = (summary.key, summary.key_path.display());
    match key {
        KeyOutcome::None => writeln!(
            out,
            "key: NetworkManager has none, so it has no stable addresses; macveil will generate its own"
        )?,
        KeyOutcome::Invalid => writeln!(
            out,
            "key: {NM_KEY} is too short, so NetworkManager did not use it; macveil will generate its own"
        )?,
        KeyOutcome::Imported(ImportedKey::Same) => {
            writeln!(out, "key: {path} already is NetworkManager's")?;
        }
        KeyOutcome::Imported(_) => {
            let verb = if summary.dry_run {
                "would be copied"
            } else {
                "copied"
            };
            writeln!(out, "key: {NM_KEY} {verb} to {path}")?;
        }
    }
    if summary.dry_run {
        writeln!(out, "{DROP_IN} would contain:\n\n{}", summary.configuration)?;
        return Ok(());
    }
    writeln!(out, "written: {DROP_IN}")?;
    if !summary.other_files.is_empty() {
        let files = summary.other_files.join(", ");
        writeln!(
            out,
            "other configuration files: {files}; `macveil explain SSID` shows the result"
        )?;
    }
    writeln!(
        out,
        "next: stop NetworkManager, add your networks to wpa_supplicant, restart macveil"
    )
}

fn items(items: &[ReportItem], out: &mut impl Write) -> io::Result<()> {
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

impl Summary {
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

fn item(item: &ReportItem) -> Json {
    let line = item.line.and_then(|line| u64::try_from(line).ok());
    Json::Object(vec![
        ("file", Json::text(&item.file)),
        ("setting", Json::text(&item.setting)),
        ("outcome", Json::text(item.outcome.name())),
        ("text", Json::text(&item.text)),
        ("line", line.map_or(Json::Null, Json::Number)),
    ])
}
