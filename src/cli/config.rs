//! `macveil config`: the settings in force, with the file that sets each.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::failure::{Failure, NO, ignore_broken_pipe};
use super::origin::{Position, position};
use crate::config::{EffectiveSection, Layout, effective};
use crate::protocol::to_json;
use macveil_core::address::Origin;
use serde::Serialize;

/// Show the configuration that results from all files, with the place of each setting.
///
/// The output is valid TOML. It shows the files as they are now; a running macveil reads them with `macveil reload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil config
  macveil config --changed
  macveil config --json")]
pub struct Args {
    /// Read only this file instead of /etc/macveil/macveil.toml and its drop-ins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Leave out the defaults.
    #[arg(long)]
    changed: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Writes the configuration. Exits with status 1 if it is invalid.
///
/// # Errors
///
/// A file cannot be read, or the output cannot be written.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(show(args, out))
}

fn show(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let sections = match effective(&Layout::of(args.config.as_deref())) {
        Err(errors) if errors.are_about_files() => {
            return Err(Failure::cannot("cannot read the configuration", errors));
        }
        Err(errors) if args.json => return Err(Failure::No(errors.to_string())),
        Err(errors) => {
            writeln!(out, "{errors}")?;
            return Ok(ExitCode::from(NO));
        }
        Ok(sections) => sections,
    };
    let sections = sections.into_iter().filter_map(|mut section| {
        if args.changed {
            section.settings.retain(|it| it.origin != Origin::BuiltIn);
        }
        (!section.settings.is_empty()).then_some(section)
    });
    let sections: Vec<_> = sections.collect();
    if args.json {
        writeln!(out, "{}", json(&sections))?;
    } else {
        write!(out, "{}", text(&sections))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(sections: &[EffectiveSection]) -> String {
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        match (section.name.as_str(), section.repeated) {
            ("", _) => {}
            (name, true) => drop(writeln!(text, "[[{name}]]")),
            (name, false) => drop(writeln!(text, "[{name}]")),
        }
        let lines = section.settings.iter();
        let lines: Vec<_> = lines
            .map(|it| (format!("{} = {}", it.key, it.value), &it.origin))
            .collect();
        let width = lines.iter().map(|(line, _)| line.chars().count()).max();
        let width = width.unwrap_or_default().min(40);
        for (line, origin) in lines {
            let _ = writeln!(text, "{line:width$}  # {origin}");
        }
    }
    text
}

#[derive(Serialize)]
struct Setting<'a> {
    section: &'a str,
    key: &'a str,
    /// The value in TOML.
    value: &'a str,
    origin: Option<Position<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    settings: Vec<Setting<'a>>,
    /// A list for each rule, in order of precedence.
    rules: Vec<Vec<Setting<'a>>>,
}

fn settings(section: &EffectiveSection) -> Vec<Setting<'_>> {
    let settings = section.settings.iter();
    settings
        .map(|it| Setting {
            section: &section.name,
            key: &it.key,
            value: &it.value,
            origin: position(&it.origin),
        })
        .collect()
}

fn json(sections: &[EffectiveSection]) -> String {
    let (rules, plain): (Vec<_>, Vec<_>) = sections.iter().partition(|section| section.repeated);
    to_json(&Answer {
        settings: plain.into_iter().flat_map(settings).collect(),
        rules: rules.into_iter().map(settings).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(contents: &str, changed: bool, json: bool) -> (ExitCode, String) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.toml");
        std::fs::write(&file, contents).unwrap();
        let args = Args {
            config: Some(file.clone()),
            changed,
            json,
        };
        let mut out = Vec::new();
        let code = run(&args, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        (code, text.replace(&file.display().to_string(), "a.toml"))
    }

    #[test]
    fn changed_settings_are_shown_with_their_lines() {
        let (code, text) = shown(
            "[device]\non-exit = 'restore'\n[[network]]\nssid = 'Home'\n",
            true,
            false,
        );
        assert_eq!(code, ExitCode::SUCCESS);
        assert_eq!(
            text,
            "[device]\non-exit = \"restore\"  # a.toml:2\n\n[[network]]\nssid = \"Home\"  # a.toml:4\n"
        );
    }

    #[test]
    fn output_is_a_configuration_with_the_same_settings() {
        let (_, text) = shown("[connection]\nrotate = '24h'\n", false, false);
        let (code, again) = shown(&text, true, false);
        assert_eq!(code, ExitCode::SUCCESS);
        assert!(again.contains("rotate = \"24h\""), "{again}");
        assert!(again.contains("on-failure = \"closed\""), "{again}");
    }

    #[test]
    fn json_has_the_origin_of_each_setting() {
        let (_, text) = shown("log-identities = true\n", true, true);
        assert_eq!(
            text,
            "{\"settings\":[{\"section\":\"\",\"key\":\"log-identities\",\"value\":\"true\",\
             \"origin\":{\"file\":\"a.toml\",\"line\":1,\"column\":18}}],\"rules\":[]}\n"
        );
    }

    #[test]
    fn invalid_configuration_exits_with_status_1() {
        let (code, text) = shown("[device]\non-exit = 'leave'\n", false, false);
        assert_eq!(code, ExitCode::from(NO));
        assert!(text.contains("`leave` is not valid"), "{text}");
    }
}
