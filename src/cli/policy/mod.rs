//! `macveil policy`: shows rules, and sets the policy of a network in a drop-in.

mod change;
mod drop_in;
mod rules;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::ask::Daemon;
use super::failure::{Failure, ignore_broken_pipe};
use super::inputs;
use crate::config::{Config, Layout};
use macveil_core::address::Policy;

pub(super) use change::Change;

/// Show or set which address a network gets.
///
/// Without arguments, lists all network rules; with an SSID, only the rules that match it. A policy is
/// written to a separate file in /etc/macveil/conf.d; a running macveil applies it from the next
/// association on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil policy                       # all rules and their origins
  macveil policy Home                  # rules that match Home
  macveil policy Home permanent
  macveil policy Cafe random --now
  macveil policy --hex ff00 02:12:34:56:78:9a
  macveil policy Home --unset

Policies: permanent, preserve, random, stable, stable-ssid, or an address.
`macveil explain SSID` shows the resulting address.")]
pub struct Args {
    /// The SSID.
    ssid: Option<String>,
    /// permanent, preserve, random, stable, stable-ssid, or an address.
    #[arg(requires = "ssid")]
    policy: Option<Policy>,
    /// Remove the policy that this command set.
    #[arg(long, requires = "ssid", conflicts_with = "policy")]
    unset: bool,
    /// Show the rules of this configuration file. It has no drop-ins, so edit it by hand.
    #[arg(long, value_name = "FILE", conflicts_with = "root")]
    config: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Options for changing a policy.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct How {
    /// The SSID is in hexadecimal.
    #[arg(long)]
    pub(super) hex: bool,
    /// If the network is connected, reconnect now with the new address.
    #[arg(long)]
    now: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Change the configuration of a system below this directory; only the daemon given with --socket is
    /// notified.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(flatten)]
    daemon: Daemon,
}

/// Shows or changes the rules.
///
/// # Errors
///
/// The configuration cannot be read or written, or a running daemon cannot be notified.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(show_or_change(args, out))
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
            Some(_) => "--now needs a policy, or --unset",
            None => "--now needs a network and a policy",
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
    /// Whether to notify a running daemon.
    fn has_daemon(&self) -> bool {
        self.root.is_none() || self.daemon.socket.is_some()
    }

    fn layout(&self) -> Layout {
        self.root
            .as_deref()
            .map_or_else(Layout::system, |root: &Path| Layout::below(root))
    }
}
