//! Prints the results as text and JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::{DROP_IN, KeyOutcome, NM_KEY, Summary};
use crate::config::harmless;
use crate::protocol::to_json;
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
    if let Some((path, networks)) = &summary.networks {
        let verb = if summary.dry_run {
            "would be written"
        } else {
            "written"
        };
        write!(
            out,
            "networks: {} {verb} to {} (mode 600)",
            networks.usable,
            path.display()
        )?;
        match networks.commented {
            0 => writeln!(out)?,
            count => writeln!(out, ", and {count} as comments: add what is missing")?,
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
        "next: stop NetworkManager, add your networks to wpa_supplicant (--networks writes them), restart macveil"
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
            let place = match item.source_line {
                Some(line) => format!("line {line}: "),
                None => String::new(),
            };
            write!(
                out,
                "  {place}{}\n    {}: {}",
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

#[derive(Serialize)]
struct Report<'a> {
    dry_run: bool,
    version: Option<String>,
    file: &'a str,
    text: &'a str,
    key: &'a str,
    key_file: String,
    settings: Vec<SettingReport<'a>>,
    networks: Option<NetworksReport>,
}

#[derive(Serialize)]
struct NetworksReport {
    file: String,
    usable: usize,
    commented: usize,
}

#[derive(Serialize)]
struct SettingReport<'a> {
    file: &'a str,
    setting: &'a str,
    outcome: &'a str,
    text: &'a str,
    line: Option<usize>,
    setting_line: Option<usize>,
}

impl Summary {
    fn to_json(&self) -> String {
        to_json(&Report {
            dry_run: self.dry_run,
            version: self.version.map(|installed| installed.version.to_string()),
            file: DROP_IN,
            text: &self.configuration,
            key: match self.key {
                KeyOutcome::None => "none",
                KeyOutcome::Invalid => "invalid",
                KeyOutcome::Imported(ImportedKey::Same) => "same",
                KeyOutcome::Imported(ImportedKey::Written) => "copied",
                KeyOutcome::Imported(ImportedKey::Different) => "different",
            },
            key_file: self.key_path.display().to_string(),
            settings: self.items.iter().map(SettingReport::of).collect(),
            networks: self
                .networks
                .as_ref()
                .map(|(path, networks)| NetworksReport {
                    file: path.display().to_string(),
                    usable: networks.usable,
                    commented: networks.commented,
                }),
        })
    }
}

impl<'a> SettingReport<'a> {
    fn of(item: &'a ReportItem) -> Self {
        Self {
            file: &item.file,
            setting: &item.setting,
            outcome: item.outcome.name(),
            text: &item.text,
            line: item.line,
            setting_line: item.source_line,
        }
    }
}
