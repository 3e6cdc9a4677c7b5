//! `macveil check`: whether the configuration is good.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use super::failure::{Failure, NO, unless_unheard};
use crate::config::{self, Config, Errors};

/// Say whether the configuration is good, and if not, what is wrong in which line.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  macveil check\n  macveil check --config new.toml && mv new.toml /etc/macveil/macveil.toml"
)]
pub struct Args {
    /// Check this file alone instead of /etc/macveil/macveil.toml and its drop-ins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Writes what is wrong, or that nothing is.
///
/// # Errors
///
/// No file can be read, or the answer cannot be written.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    unless_unheard(report(config::load(args.config.as_deref()), out))
}

fn report(config: Result<Config, Errors>, out: &mut impl Write) -> Result<ExitCode, Failure> {
    match config {
        Err(errors) if errors.are_about_files() => {
            Err(Failure::cannot("cannot check the configuration", errors))
        }
        Err(errors) => {
            writeln!(out, "{errors}")?;
            Ok(ExitCode::from(NO))
        }
        Ok(config) => {
            for warning in &config.warnings {
                writeln!(out, "warning: {warning}")?;
            }
            match config.files.as_slice() {
                [] => writeln!(out, "there is no configuration file: the defaults hold")?,
                files => writeln!(out, "good: {}", files.join(", "))?,
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (bool, String) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("macveil.toml");
        std::fs::write(&file, text).unwrap();
        let mut out = Vec::new();
        let code = run(&Args { config: Some(file) }, &mut out).unwrap();
        (code == ExitCode::SUCCESS, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_good_file_is_named() {
        let (good, out) = check("[device]\non-exit = 'keep'\n");
        assert!(
            good && out.starts_with("good: /") && out.ends_with("macveil.toml\n"),
            "{out}"
        );
    }

    #[test]
    fn a_wrong_file_is_shown_with_line_and_column() {
        let (good, out) = check("[device]\non-exit = 'leave'\n");
        assert!(!good);
        assert!(
            out.contains("macveil.toml:2:11: `leave` is none of keep, restore\n"),
            "{out}"
        );
        assert!(out.ends_with("^^^^^^^\n"), "{out}");
    }

    #[test]
    fn a_file_that_is_not_there_is_neither_good_nor_wrong() {
        let args = Args {
            config: Some(PathBuf::from("/nowhere.toml")),
        };
        let failure = run(&args, &mut Vec::new()).unwrap_err();
        assert!(matches!(failure, Failure::Cannot { .. }));
    }

    #[test]
    fn a_warning_is_no_error() {
        let (good, out) = check("[connection]\nstable-id = '${CONNECTION}'\n");
        assert!(
            good && out.starts_with("warning: /") && out.contains("has no effect"),
            "{out}"
        );
    }
}
