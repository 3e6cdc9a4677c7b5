//! `macveil trust`: the real address for one network.

use std::io::Write;
use std::process::ExitCode;

use super::failure::{Failure, ignore_broken_pipe};
use super::inputs;
use super::policy::{Change, How};
use macveil_core::address::Policy;

/// Use the card's own address in a network that you trust, such as the one at home.
///
/// The short form of `macveil policy SSID permanent`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil trust Home
  macveil trust Home --now
  macveil trust Office --preserve
  macveil trust Home --dry-run
  macveil policy Home --unset          # no longer")]
pub struct Args {
    /// The network's name.
    ssid: String,
    /// The address that the card had when macveil first saw it, in place of its permanent one.
    #[arg(long)]
    preserve: bool,
    #[command(flatten)]
    how: How,
}

/// Writes the rule and what comes of it.
///
/// # Errors
///
/// The rule cannot be written, or a running daemon not be told.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let ssid = inputs::ssid_of(&args.ssid, args.how.hex)?;
    let policy = if args.preserve {
        Policy::Preserve
    } else {
        Policy::Permanent
    };
    ignore_broken_pipe(Change::to(ssid, policy, Vec::new(), &args.how).make(out))
}
