//! `macveil policy`: which address one network gets, as a drop-in of the configuration.

mod change;
mod drop_in;
mod rules;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::ask::Daemon;
use super::failure::{Failure, unless_unheard};
use super::inputs;
use crate::config::{Config, Layout};
use macveil_core::address::Policy;

pub(super) use change::Change;

/// Show or set which address a network gets.
///
/// Alone it lists every rule about networks, with an SSID those about it. A policy is written to a file
/// of its own in /etc/macveil/conf.d, and a running macveil takes it from the next association on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil policy                       # every rule, and where it stands
  macveil policy Home                  # those about Home
  macveil policy Home permanent
  macveil policy Cafe random --now
  macveil policy --hex ff00 02:12:34:56:78:9a
  macveil policy Home --unset

Policies: permanent, preserve, random, stable, stable-ssid, or an address.
`macveil explain SSID` says which address comes of it.")]
pub struct Args {
    /// The network's name.
    ssid: Option<String>,
    /// permanent, preserve, random, stable, stable-ssid, or an address.
    #[arg(requires = "ssid")]
    policy: Option<Policy>,
    /// Remove what this command has set.
    #[arg(long, requires = "ssid", conflicts_with = "policy")]
    unset: bool,
    /// Show the rules of this configuration file; having no drop-ins, it can only be edited by hand.
    #[arg(long, value_name = "FILE", conflicts_with = "root")]
    config: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// How a policy is changed.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct How {
    /// The name is in hexadecimal.
    #[arg(long)]
    pub(super) hex: bool,
    /// If the network is connected, connect again under its new address at once.
    #[arg(long)]
    now: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
    /// Change the configuration of a system below this directory; no daemon is told but that of --socket.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(flatten)]
    daemon: Daemon,
}

/// Shows or changes the rules.
///
/// # Errors
///
/// The configuration cannot be read or written, or a running daemon not be told.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    unless_unheard(show_or_change(args, out))
}

fn show_or_change(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let ssid = match &args.ssid {
        Some(ssid) => Some(inputs::ssid_of(ssid, args.how.hex)?),
        None => None,
    };
    match (ssid, args.policy, args.unset) {
        (Some(ssid), policy @ Some(_), _) | (Some(ssid), policy @ None, true) => {
            let change = Change::new(ssid, policy, &args.how);
            match &args.config {
                Some(file) => Err(change.by_hand(file)),
                None => change.make(out),
            }
        }
        (ssid, _, _) if args.how.now => Err(Failure::usage(match ssid {
            Some(_) => "which policy is to take effect now?",
            None => "which policy of which network is to take effect now?",
        })),
        (ssid, _, _) => {
            let layout = args.layout();
            let config = Config::read(&layout)
                .map_err(|errors| Failure::cannot("cannot read the configuration", errors))?;
            let rules = rules::Rules::of(&config, &layout, ssid.as_ref());
            if args.how.json {
                writeln!(out, "{}", rules.to_json())?;
            } else {
                write!(out, "{rules}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Args {
    fn layout(&self) -> Layout {
        match &self.config {
            Some(file) => Layout::only(file),
            None => self.how.layout(),
        }
    }
}

impl How {
    /// Whether a running daemon is to be told.
    fn has_daemon(&self) -> bool {
        self.root.is_none() || self.daemon.socket.is_some()
    }

    fn layout(&self) -> Layout {
        self.root
            .as_deref()
            .map_or_else(Layout::system, |root: &Path| Layout::below(root))
    }
}
