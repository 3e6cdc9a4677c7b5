//! `macveil set`: one change of one address, for what macchanger is used for.

mod change;
mod guard;
mod outcome;
mod tap;
#[cfg(test)]
mod tests;
mod vendors;
mod wish;

use std::error::Error;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};

use super::failure::{Failure, unless_unheard};
use super::inputs;
use crate::json::Json;
use crate::platform::netlink::{Adapter, Links, may_administer};
use change::{Change, Hands};
use macveil_core::address::{Binding, Mask, Policy, StableId};
use macveil_core::machine::How;
use macveil_core::types::{Mac, Ssid};
use outcome::{Outcome, Shown};
use vendors::Names;

/// Change an interface's address once.
///
/// The link is taken down, gets the address, and comes up again if it was up; its routes are gone then.
/// What the kernel shows afterwards is what is believed. A TAP device's owner needs no privilege.
///
/// The letters are macchanger's: `macchanger -r wlan0` is `macveil set wlan0 -r`.
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("what").required(true)),
    override_usage = "macveil set <IFACE> <ADDRESS|POLICY|-r|-e|-a|-A|-p|-m ADDRESS|-s> [OPTIONS]
       macveil set --list[=<KEYWORD>] [OPTIONS]",
    after_help = "Examples:
  macveil set wlan0 --random                 macchanger -r wlan0
  macveil set wlan0 --ending                 macchanger -e wlan0
  macveil set wlan0 --permanent              macchanger -p wlan0
  macveil set wlan0 --show                   macchanger -s wlan0
  macveil set wlan0 02:12:34:56:78:9a        macchanger -m 02:12:34:56:78:9a wlan0
  macveil set eth0 random --mask 'FE:FF:FF:00:00:00 68:F7:28:00:00:00'
  macveil set eth0 stable --stable-id desk
  macveil set wlan0 stable-ssid --ssid Home

Exit codes: 0 the address is on, 1 the driver agreed but shows another address, 2 usage, 3 it could not be
done. A card that macveil or NetworkManager manages is left alone unless you say --force."
)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one of macchanger's flags"
)]
pub struct Args {
    /// The interface.
    #[arg(required_unless_present = "list")]
    iface: Option<String>,
    /// An address, or permanent, random, stable, stable-ssid.
    #[arg(group = "what", value_name = "POLICY|ADDRESS")]
    policy: Option<Policy>,
    /// The address that the card came with.
    #[arg(short, long, group = "what")]
    permanent: bool,
    /// A random address.
    #[arg(short, long, group = "what")]
    random: bool,
    /// A random address that keeps the vendor part, the first three bytes, of the current one.
    #[arg(short, long, group = "what")]
    ending: bool,
    /// A random address of another vendor of the same kind: on a radio, one that makes Wi-Fi cards.
    #[arg(short, long, group = "what")]
    another: bool,
    /// A random address of any vendor.
    #[arg(short = 'A', long, group = "what")]
    any: bool,
    /// This address.
    #[arg(short, long, group = "what", value_name = "ADDRESS", value_parser = inputs::station)]
    mac: Option<Mac>,
    /// Only say which addresses the interface has.
    #[arg(short, long, group = "what")]
    show: bool,
    /// Only list the vendors that are known (whose name or prefix has KEYWORD in it).
    #[arg(short, long, group = "what", value_name = "KEYWORD", num_args = 0..=1,
        require_equals = true, default_missing_value = "", conflicts_with = "iface")]
    list: Option<String>,
    /// With a random address: pretend that it is burnt in (U/L bit clear).
    #[arg(short, long)]
    bia: bool,
    /// Bits of `random` and `stable` that are kept: MASK [ADDRESS|preserve]..., from the permanent
    /// address (or the current one, where there is none) unless addresses are given.
    #[arg(long)]
    mask: Option<Mask>,
    /// What `stable` is derived from.
    #[arg(long, value_name = "ID")]
    stable_id: Option<StableId>,
    /// The network's name for `stable-ssid`.
    #[arg(long, value_name = "SSID", value_parser = inputs::ssid_text)]
    ssid: Option<Ssid>,
    /// What else a stable address hangs on: interface, card, host.
    #[arg(long, value_parser = inputs::binding, default_value_t)]
    binding: Binding,
    /// The file of the key for stable addresses.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/var/lib/macveil/secret_key"
    )]
    key_file: PathBuf,
    /// Read vendors from this file instead of what the distribution has.
    #[arg(long, value_name = "FILE")]
    vendor_list: Option<PathBuf>,
    /// Do it even if macveil or NetworkManager manages the interface.
    #[arg(short, long)]
    force: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Changes the address, and writes what happened.
///
/// # Errors
///
/// The arguments make no sense together, there is no such interface, somebody else manages it, or it
/// could not be changed.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let answer = match &args.list {
        Some(keyword) => vendors::list(args, keyword, out),
        None => act(args, out),
    };
    if let (true, Err(failure @ Failure::Cannot { .. })) = (args.json, &answer) {
        let interface = args.iface.as_deref();
        writeln!(out, "{}", outcome::failed(interface, failure))?;
    }
    unless_unheard(answer)
}

fn act(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let wish = args.wish()?;
    let name = args.iface.as_deref().unwrap_or_default();
    let mut links =
        Links::open().map_err(|error| Failure::cannot("cannot look at interfaces", error))?;
    let adapter = links.adapter(name).map_err(|error| {
        let tried = if args.show { "show" } else { "change" };
        Failure::cannot(format!("cannot {tried} {name}"), error)
    })?;
    let lists = vendors::lists(args);
    if let (Some(_), Err(error)) = (&args.vendor_list, &lists) {
        return Err(Failure::cannot("cannot name vendors", with_causes(error)));
    }
    let known = adapter.permanent.into_iter().chain([adapter.link.address]);
    let Some(wish) = wish else {
        let names = Names::of(&known.collect::<Vec<_>>(), lists.as_ref().ok());
        let shown = Shown::of(&adapter, &names);
        return answer(args, out, &shown, &shown.to_json());
    };
    if !args.force {
        guard::allow(&adapter)?;
    }
    let mut rng = StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::cannot("cannot get randomness from the system", error))?;
    let address = wish.address(&adapter, lists.as_ref(), &mut rng)?;
    let change = put(&adapter, links, address);
    let shown: Vec<_> = known.chain([address]).chain(change.address()).collect();
    let outcome = Outcome {
        names: Names::of(&shown, lists.as_ref().ok()),
        change,
        wished: address,
        adapter,
    };
    if outcome.is_failure() && !args.json {
        eprintln!("macveil: {outcome}");
    } else {
        answer(args, out, &outcome, &outcome.to_json())?;
    }
    Ok(outcome.exit_code())
}

fn answer(
    args: &Args,
    out: &mut impl Write,
    text: &impl fmt::Display,
    json: &Json,
) -> Result<ExitCode, Failure> {
    if args.json {
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Without privilege there is one way, which the owners of TAP devices have.
fn put(adapter: &Adapter, links: Links, address: Mac) -> Change {
    let hands = &mut (links, adapter.ifindex);
    if adapter.link.address == address {
        Change::Already
    } else if may_administer() {
        change::change(hands, adapter.link, address)
    } else {
        tap::change(hands, adapter, address)
    }
}

/// An error with what led to it.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The kernel's links, and which of them is meant.
impl Hands for (Links, u32) {
    fn read(&mut self) -> change::Step {
        self.0.link(self.1)
    }

    fn set_address(&mut self, address: Mac, how: How) -> change::Step {
        self.0.set_address(self.1, address, how)
    }

    fn bring_up(&mut self) -> change::Step {
        self.0.bring_up(self.1)
    }
}
