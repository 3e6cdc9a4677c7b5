//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::{
    ask, audit, check, doctor, explain, generate, import, pause, policy, reroll, set, status, trust,
};

/// Keeps a Wi-Fi card's identity off the air.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
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
    /// Say what happens from now on, a line each, until interrupted or until the daemon ends.
    #[command(after_help = "Examples:
  macveil events wlan0
  macveil events --json | jq -r 'select(.event == \"connected\").ssid'")]
    Events(ask::OneOrAll),
    Audit(audit::Args),
    Doctor(doctor::Args),
}
