//! What can be said on the command line.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

#[cfg(feature = "audit")]
use super::audit;
use super::console::wrapped;
#[cfg(feature = "import")]
use super::import;
use super::{
    ask, check, config, doctor, events, explain, networks, pause, policy, reload, reroll, status,
    trust,
};
#[cfg(feature = "by-hand")]
use super::{generate, set};

/// Keeps a Wi-Fi card's identity off the air.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands in the groups of `--help`.
const GROUPS: [(&str, &[&str]); 4] = [
    (
        "Daily use",
        &[
            "status", "networks", "policy", "trust", "reroll", "rotate", "scan", "pause", "resume",
        ],
    ),
    ("Look", &["explain", "events", "doctor", "audit"]),
    ("Set up", &["run", "reload", "check", "config", "import"]),
    ("By hand", &["set", "generate"]),
];

/// The subcommands that this build leaves out.
const LEFT_OUT: &[&str] = &[
    #[cfg(not(feature = "audit"))]
    "audit",
    #[cfg(not(feature = "by-hand"))]
    "generate",
    #[cfg(not(feature = "import"))]
    "import",
    #[cfg(not(feature = "by-hand"))]
    "set",
];

/// Reads the command line, the first word of which is the name of the program.
///
/// # Errors
///
/// If there are mistakes in it, or if help or the version is to be printed.
pub fn arguments<T>(words: impl IntoIterator<Item = T>) -> Result<Arguments, clap::Error>
where
    T: Into<OsString> + Clone,
{
    let mut words: Vec<OsString> = words.into_iter().map(Into::into).collect();
    if words.get(1).is_some_and(|word| word == "help") {
        // clap takes the flag for the name of a command.
        words.retain(|word| word != "--help" && word != "-h");
    }
    let matches = command().try_get_matches_from(words);
    matches
        .and_then(|matches| Arguments::from_arg_matches(&matches))
        .map_err(|error| match error.get(ContextKind::InvalidSubcommand) {
            Some(ContextValue::String(name)) if LEFT_OUT.contains(&name.as_str()) => {
                let reason = format!(
                    "this macveil was built without `{name}`: use a complete one, such as a package has"
                );
                command().error(ErrorKind::InvalidSubcommand, reason)
            }
            _ => error,
        })
}

/// The command line, with the subcommands in groups.
#[must_use]
pub fn command() -> clap::Command {
    let command = Arguments::command();
    let width = GROUPS
        .iter()
        .flat_map(|(_, names)| *names)
        .map(|name| name.len())
        .max();
    let width = width.unwrap_or_default();
    let mut groups = String::new();
    for (title, names) in GROUPS {
        let found = names.iter();
        let mut found = found
            .filter_map(|name| Some((name, command.find_subcommand(name)?)))
            .peekable();
        if found.peek().is_some() {
            let _ = writeln!(groups, "\n{title}:");
        }
        for (name, subcommand) in found {
            let about = subcommand.get_about();
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(groups, "  {name:width$}  {}", wrapped(&about, width + 4));
        }
    }
    command.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n{groups}\n{{options}}\n\n\
         `macveil COMMAND --help` shows examples. Documentation: man macveil\n"
    ))
}

/// The subcommands.
#[derive(Subcommand)]
#[expect(missing_docs, reason = "some are described at their arguments")]
pub enum Command {
    /// Protect the Wi-Fi cards of this machine until told to stop (the daemon).
    #[command(
        after_help = "Examples:\n  macveil run\n  MACVEIL_LOG=debug macveil run --config /etc/macveil/macveil.toml"
    )]
    Run {
        /// Read this configuration instead of /etc/macveil/macveil.toml and its drop-ins.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Show what each interface is doing and any problems.
    Status(status::Args),
    Networks(networks::Args),
    Config(config::Args),
    Reload(reload::Args),
    /// Validate the configuration.
    Check(check::Args),
    /// Say which address a network would get, and why.
    Explain(explain::Args),
    /// Print an address; needs no privilege.
    #[cfg(feature = "by-hand")]
    Generate(Box<generate::Args>),
    /// Take over NetworkManager's settings, so that every address stays the same.
    #[cfg(feature = "import")]
    Import(import::Args),
    #[cfg(feature = "by-hand")]
    Set(Box<set::Args>),
    /// Show or set which address a network gets.
    Policy(policy::Args),
    /// Use the card's own address in a network.
    Trust(trust::Args),
    /// Give a network another address.
    Reroll(reroll::Args),
    /// List the networks in range, with a scan of all channels now.
    ///
    /// A connected interface only listens, because Linux cannot randomize its scan. While it connects, and
    /// while the link is down, there is no scan, and the command exits with status 1.
    #[command(after_help = "Examples:
  macveil scan
  macveil scan wlan0 --json")]
    Scan(ask::OneOrAll),
    /// Take another mask now, and other addresses where chance or time chooses them.
    ///
    /// An association keeps its address to its end. A network whose policy is `random`, or whose address
    /// changes with time, gets another one when it is joined the next time; one that is stable keeps it
    /// (`macveil reroll` changes that). The command exits with status 1 if nothing changes.
    #[command(after_help = "Examples:
  macveil rotate
  macveil rotate wlan0 --json")]
    Rotate(ask::OneOrAll),
    Pause(pause::Args),
    /// End a pause.
    ///
    /// Exits with status 1 if no interface is paused.
    #[command(after_help = "Examples:
  macveil resume
  macveil resume wlan0 --json")]
    Resume(ask::OneOrAll),
    Events(events::Args),
    #[cfg(feature = "audit")]
    Audit(audit::Args),
    Doctor(doctor::Args),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subcommand_is_in_one_group() {
        let command = Arguments::command();
        let mut names: Vec<_> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        names.sort_unstable();
        let mut grouped: Vec<_> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .filter(|name| !LEFT_OUT.contains(name))
            .collect();
        grouped.sort_unstable();
        assert_eq!(grouped, names);
    }

    #[test]
    fn command_that_is_left_out_says_where_it_is() {
        let said = |name| arguments(["macveil", name]).map_err(|error| error.to_string());
        let is_named = |name| matches!(said(name), Err(error) if error.contains("built without"));
        assert_eq!(is_named("audit"), cfg!(not(feature = "audit")));
        assert_eq!(is_named("generate"), cfg!(not(feature = "by-hand")));
        assert_eq!(is_named("import"), cfg!(not(feature = "import")));
        assert_eq!(is_named("set"), cfg!(not(feature = "by-hand")));
        assert!(!is_named("sing"));
        let help = command().render_help().to_string();
        let shows = |name: &&str| help.contains(&format!("\n  {name} "));
        assert!(!LEFT_OUT.iter().any(shows), "{help}");
        assert_eq!(help.contains("By hand"), cfg!(feature = "by-hand"));
    }

    #[test]
    fn help_of_help_is_help() {
        for words in [
            &["macveil", "help", "--help"][..],
            &["macveil", "help", "-h", "run"],
        ] {
            let kind = arguments(words).map_err(|error| error.kind());
            assert_eq!(kind.err(), Some(ErrorKind::DisplayHelp), "{words:?}");
        }
    }

    #[cfg(feature = "terminal")]
    #[test]
    fn help_fits_a_terminal_of_80_columns() {
        let help = command().term_width(80).render_help().to_string();
        assert!(
            help.contains("\nDaily use:\n  status    Show what"),
            "{help}"
        );
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{help}"
        );
    }

    #[cfg(feature = "terminal")]
    #[test]
    fn help_of_each_subcommand_fits_80_columns() {
        for subcommand in Arguments::command().get_subcommands() {
            let help = subcommand
                .clone()
                .term_width(80)
                .render_long_help()
                .to_string();
            for line in help.lines().filter(|line| !line.starts_with("  macveil ")) {
                assert!(
                    line.chars().count() <= 80,
                    "{}: {line}",
                    subcommand.get_name()
                );
            }
        }
    }
}
