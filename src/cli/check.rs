//! `macveil check`: validates the configuration.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::failure::{Failure, NO, ignore_broken_pipe};
use crate::config::{Config, Errors, Layout, Problem};
use crate::platform::Group;
use crate::protocol::{Mistake, to_json};
use serde::Serialize;

/// Validate the configuration and show every problem with its line.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  macveil check\n  macveil check --config new.toml && mv new.toml /etc/macveil/macveil.toml\n  macveil check --json"
)]
pub struct Args {
    /// Check only this file, `-` for standard input, instead of /etc/macveil/macveil.toml and its drop-ins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Writes the problems, or the list of valid files.
///
/// # Errors
///
/// A file cannot be read, or the output cannot be written.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let layout = match args.config.as_deref() {
        Some(path) if path == Path::new("-") => {
            let text = io::read_to_string(io::stdin())
                .map_err(|error| Failure::cannot("cannot read standard input", error))?;
            Layout::of_input(text)
        }
        named => Layout::of(named),
    };
    let config = match Config::read(&layout) {
        Err(errors) if errors.are_about_files() => {
            return Err(Failure::cannot("cannot check the configuration", errors));
        }
        Ok(mut config) => {
            let here = config.warnings_on(&interfaces(), |name| Group::find(name).is_ok());
            config.warnings.extend(here);
            Ok(config)
        }
        config => config,
    };
    let code = if config.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO)
    };
    let written = if args.json {
        writeln!(out, "{}", to_json(&Answer::of(&config)))
    } else {
        write_text(&config, out)
    };
    ignore_broken_pipe(written.map(|()| code).map_err(Failure::from))
}

/// The names of this host's interfaces.
fn interfaces() -> Vec<String> {
    let entries = std::fs::read_dir("/sys/class/net");
    let entries = entries.into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

fn write_text(config: &Result<Config, Errors>, out: &mut impl Write) -> io::Result<()> {
    let config = match config {
        Err(errors) => return writeln!(out, "{errors}"),
        Ok(config) => config,
    };
    for warning in &config.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    match config.files.as_slice() {
        [] => writeln!(out, "no configuration file: the defaults apply"),
        files => writeln!(out, "good: {}", files.join(", ")),
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    good: bool,
    files: Vec<&'a str>,
    errors: Vec<Mistake>,
    warnings: Vec<Mistake>,
}

impl<'a> Answer<'a> {
    fn of(config: &'a Result<Config, Errors>) -> Self {
        let mistakes = |all: &[Problem]| all.iter().map(Mistake::from).collect();
        match config {
            Ok(config) => Self {
                good: true,
                files: config.files.iter().map(AsRef::as_ref).collect(),
                errors: Vec::new(),
                warnings: mistakes(&config.warnings),
            },
            Err(errors) => Self {
                good: false,
                files: Vec::new(),
                errors: mistakes(errors.problems()),
                warnings: Vec::new(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (bool, String) {
        check_with(text, false)
    }

    fn check_with(text: &str, json: bool) -> (bool, String) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("macveil.toml");
        std::fs::write(&file, text).unwrap();
        let mut out = Vec::new();
        let args = Args {
            config: Some(file),
            json,
        };
        let code = run(&args, &mut out).unwrap();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    #[test]
    fn valid_file_is_listed() {
        let (good, out) = check("[device]\non-exit = 'keep'\n");
        assert!(
            good && out.starts_with("good: /") && out.ends_with("macveil.toml\n"),
            "{out}"
        );
    }

    #[test]
    fn invalid_file_is_shown_with_line_and_column() {
        let (good, out) = check("[device]\non-exit = 'leave'\n");
        assert!(!good);
        assert!(
            out.contains("macveil.toml:2:11: `leave` is not valid: use one of keep, restore\n"),
            "{out}"
        );
        assert!(out.ends_with("^^^^^^^\n"), "{out}");
    }

    #[test]
    fn standard_input_is_named_in_mistakes() {
        let read = |text: &str| Config::read(&Layout::of_input(text.to_owned()));
        let errors = read("mask = 1\n").unwrap_err().to_string();
        assert!(errors.contains("standard input:1:1: "), "{errors}");
        assert_eq!(*read("").unwrap().files, ["standard input".into()]);
    }

    #[test]
    fn missing_file_is_a_failure() {
        let args = Args {
            config: Some(PathBuf::from("/nowhere.toml")),
            json: true,
        };
        let failure = run(&args, &mut Vec::new()).unwrap_err();
        assert!(matches!(failure, Failure::Cannot { .. }));
    }

    #[test]
    fn warning_is_not_an_error() {
        let (good, out) = check("[connection]\nstable-id = '${CONNECTION}'\n");
        assert!(
            good && out.starts_with("warning: /") && out.contains("has no effect"),
            "{out}"
        );
    }

    #[test]
    fn names_that_this_host_lacks_are_warnings() {
        let (good, out) = check("manage = ['wifi', 'lo']\ncontrol-group = 'no-such-group'\n");
        assert!(good, "{out}");
        assert!(
            out.contains(":1:10: manage: no interface is called `wifi` now; for every interface"),
            "{out}"
        );
        assert!(!out.contains("`lo`"), "{out}");
        assert!(
            out.contains(":2:17: control-group: there is no group `no-such-group`"),
            "{out}"
        );
    }

    #[test]
    fn json_lists_errors_with_positions() {
        let (good, out) = check_with("[device]\non-exit = 'leave'\nmask = 1\n", true);
        assert!(!good);
        let Some((_, errors)) = out.split_once(r#""errors":["#) else {
            panic!("{out}");
        };
        assert!(out.starts_with(r#"{"good":false,"files":[],"#), "{out}");
        assert_eq!(
            errors.matches(r#"macveil.toml","line":"#).count(),
            2,
            "{out}"
        );
        let first = r#""line":2,"column":11,"message":"`leave` is not valid: use one of keep, restore","meant":null}"#;
        assert!(errors.contains(first), "{out}");
        assert!(out.ends_with("\"warnings\":[]}\n"), "{out}");
    }

    #[test]
    fn json_lists_warnings_of_a_valid_file() {
        let (good, out) = check_with("[connection]\nstable-id = '${CONNECTION}'\n", true);
        assert!(good);
        assert!(out.starts_with(r#"{"good":true,"files":["/"#), "{out}");
        assert!(
            out.contains(r#""errors":[],"warnings":[{"file":"/"#),
            "{out}"
        );
    }
}
