//! What can be said on the command line.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use super::console::wrapped;
use super::{
    ask, audit, check, config, doctor, events, explain, generate, import, networks, pause, policy,
    reload, reroll, set, status, trust,
};

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
        let _ = writeln!(groups, "\n{title}:");
        for name in names {
            let about = command
                .find_subcommand(name)
                .and_then(clap::Command::get_about);
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
    Generate(Box<generate::Args>),
    /// Take over NetworkManager's settings, so that every address stays the same.
    Import(import::Args),
    Set(Box<set::Args>),
    /// Show or set which address a network gets.
    Policy(policy::Args),
    /// Use the card's own address in a network.
    Trust(trust::Args),
    /// Give a network another address.
    Reroll(reroll::Args),
    /// Scan all channels now, masked, and list the networks.
    ///
    /// A connected interface does not scan, because Linux cannot randomize that scan; the command then exits
    /// with status 1.
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
            .collect();
        grouped.sort_unstable();
        assert_eq!(grouped, names);
    }

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
