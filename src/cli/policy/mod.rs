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
use super::{inputs, networks};
use crate::config::{Config, Layout, quoted};
use macveil_core::address::{Binding, Mask, Policy, Slap, StableId};
use macveil_core::types::Ssid;

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
  macveil policy Train stable-ssid --rotate 24h
  macveil policy Home --stable-id 'desk' --dry-run
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
    #[command(flatten)]
    settings: Settings,
    /// Remove the policy that this command set.
    #[arg(long, requires = "ssid", conflicts_with_all = ["policy", "Settings"])]
    unset: bool,
    /// Show the rules of this configuration file. It has no drop-ins, so edit it by hand.
    #[arg(long, value_name = "FILE", conflicts_with = "root")]
    config: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Further keys of the rule. Without a policy they change the rule that this command has set, and its other keys stay.
#[derive(Debug, Clone, Default, clap::Args)]
struct Settings {
    /// `rotate`: another address if this one is older: 12h, 7d, 4w, or never.
    #[arg(long, value_name = "TIME", requires = "ssid")]
    rotate: Option<String>,
    /// `generate-mac-address-mask`: the bits that a generated address keeps.
    #[arg(long, requires = "ssid")]
    mask: Option<Mask>,
    /// `stable-id`: what the policy `stable` is derived from.
    #[arg(long, value_name = "ID", requires = "ssid")]
    stable_id: Option<StableId>,
    /// `stable-binding`: what else a stable address depends on: interface, card, host.
    #[arg(long, value_parser = inputs::binding, requires = "ssid")]
    binding: Option<Binding>,
    /// `slap`: the quadrant of a generated address: any, aai, eli, sai.
    #[arg(long, value_parser = inputs::slap, requires = "ssid")]
    slap: Option<Slap>,
}

impl Settings {
    /// Each key with its value in TOML.
    fn keys(&self) -> Vec<(&'static str, String)> {
        let keys = [
            ("rotate", self.rotate.clone()),
            (
                "generate-mac-address-mask",
                self.mask.as_ref().map(ToString::to_string),
            ),
            (
                "stable-id",
                self.stable_id.as_ref().map(ToString::to_string),
            ),
            ("stable-binding", self.binding.map(|it| it.to_string())),
            ("slap", self.slap.map(|it| it.to_string())),
        ];
        let set = keys
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        set.map(|(key, value)| (key, quoted(&value))).collect()
    }
}

/// Options for changing a policy.
#[derive(Debug, Clone, Default, clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(super) struct How {
    /// The SSID is in hexadecimal.
    #[arg(long)]
    pub(super) hex: bool,
    /// If the network is connected, reconnect now with the new address.
    #[arg(long)]
    now: bool,
    /// Show the change without making it.
    #[arg(long, conflicts_with = "now")]
    dry_run: bool,
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
    let settings = args.settings.keys();
    let change = match (&ssid, args.policy) {
        (Some(ssid), _) if args.unset => Some(Change::removing(ssid.clone(), &args.how)),
        (Some(ssid), Some(policy)) => Some(Change::to(ssid.clone(), policy, settings, &args.how)),
        (Some(ssid), None) if !settings.is_empty() => {
            Some(Change::amending(ssid.clone(), settings, &args.how))
        }
        _ => None,
    };
    match (change, ssid) {
        (Some(change), _) => match &args.config {
            Some(file) => Err(change.by_hand(file)),
            None => change.make(out),
        },
        (None, ssid) if args.how.now || args.how.dry_run => Err(Failure::usage(match ssid {
            Some(_) => "--now and --dry-run need a policy, or --unset",
            None => "--now and --dry-run need a network and a policy",
        })),
        (None, ssid) => {
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
    /// A note if no program knows the network: its name may be misspelt.
    fn hint(&self, ssid: &Ssid) {
        if self.root.is_some() {
            return;
        }
        if let Some(note) = networks::unknown(ssid) {
            eprintln!("note: {note}");
        }
    }

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
