//! `macveil set`: changes the address of an interface once, like macchanger.

mod outcome;
mod request;
#[cfg(test)]
mod tests;
mod vendor_list;

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};

use super::failure::{Failure, ignore_broken_pipe, with_causes};
use super::inputs;
use crate::platform::netlink::{Adapter, Links};
use crate::tools::set::{
    ManagedElsewhere, Permission, RequestError, VendorNames, check_not_managed, set_address,
};
use macveil_core::address::{Binding, Mask, Policy, StableId};
use macveil_core::types::{Mac, Ssid};
use outcome::{SetOutcome, Shown};

/// Change the address of an interface once; without an address, show its addresses.
///
/// The link is taken down for the change, which removes its routes, and brought up again if it was up.
/// The result is read back from the kernel. The owner of a TAP device needs no privileges.
///
/// Options have the same letters as in macchanger: `macchanger -r wlan0` is `macveil set wlan0 -r`.
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("what")),
    override_usage = "macveil set <IFACE> [ADDRESS|POLICY|-r|-e|-a|-A|-p|-m ADDRESS]
       macveil set --list [KEYWORD]",
    after_help = "Examples:
  macveil set wlan0                          the addresses of wlan0
  macveil set wlan0 --random                 macchanger -r wlan0
  macveil set wlan0 --ending                 macchanger -e wlan0
  macveil set wlan0 --permanent              macchanger -p wlan0
  macveil set wlan0 --show                   macchanger -s wlan0
  macveil set wlan0 02:12:34:56:78:9a        macchanger -m 02:12:34:56:78:9a wlan0
  macveil set eth0 random --mask 'FE:FF:FF:00:00:00 68:F7:28:00:00:00'
  macveil set eth0 stable --stable-id desk
  macveil set wlan0 stable-ssid --ssid Home

Exit status: 0 address set, 1 the driver accepted but did not use the address, 2 usage error, 3 failed.
An interface that macveil or NetworkManager manages is changed only with --force."
)]
#[allow(clippy::struct_excessive_bools, reason = "the flags of macchanger")]
pub struct Args {
    /// Interface.
    #[arg(required_unless_present = "list")]
    iface: Option<String>,
    /// An address, or permanent, random, stable, stable-ssid.
    #[arg(group = "what", value_name = "POLICY|ADDRESS")]
    policy: Option<Policy>,
    /// The permanent address, also to undo a change.
    #[arg(short, long, group = "what")]
    permanent: bool,
    /// A random address.
    #[arg(short, long, group = "what")]
    random: bool,
    /// A random address with the vendor part (three bytes) of the current one.
    #[arg(short, long, group = "what")]
    ending: bool,
    /// A random address of another vendor of the same type, on Wi-Fi a vendor of Wi-Fi cards.
    #[arg(short, long, group = "what")]
    another: bool,
    /// A random address of any vendor.
    #[arg(short = 'A', long, group = "what")]
    any: bool,
    /// This address.
    #[arg(short, long, group = "what", value_name = "ADDRESS", value_parser = inputs::station)]
    mac: Option<Mac>,
    /// Show the addresses of the interface without a change.
    #[arg(short, long, group = "what")]
    show: bool,
    /// List the known vendors (whose name or prefix contains KEYWORD).
    #[arg(short, long, group = "what", value_name = "KEYWORD", num_args = 0..=1,
        default_missing_value = "", conflicts_with = "iface")]
    list: Option<String>,
    /// With a random address: clear the U/L bit, like a burnt-in address.
    #[arg(short, long)]
    bia: bool,
    /// Bits that `random` and `stable` keep: MASK [ADDRESS|preserve]... (default: of the permanent
    /// address, or of the current one if there is none).
    #[arg(long)]
    mask: Option<Mask>,
    /// The ID that `stable` is derived from.
    #[arg(long, value_name = "ID")]
    stable_id: Option<StableId>,
    /// The network for `stable-ssid`.
    #[arg(long, value_name = "SSID", value_parser = inputs::ssid_text)]
    ssid: Option<Ssid>,
    /// What else a stable address depends on: interface, card, host.
    #[arg(long, value_parser = inputs::binding, default_value_t)]
    binding: Binding,
    /// Key file for stable addresses.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/var/lib/macveil/secret_key"
    )]
    key_file: PathBuf,
    /// Read vendors from this file instead of the installed list.
    #[arg(long, value_name = "FILE")]
    vendor_list: Option<PathBuf>,
    /// Change it even if macveil or NetworkManager manages the interface.
    #[arg(short, long)]
    force: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Changes the address and prints the result.
///
/// # Errors
///
/// If the arguments are invalid, the interface does not exist, another program manages it, or the change
/// failed.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let answer = match &args.list {
        Some(keyword) => vendor_list::list(args, keyword, out),
        None => show_or_change(args, out),
    };
    ignore_broken_pipe(answer)
}

fn show_or_change(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let request = args.request()?;
    let name = args.iface.as_deref().unwrap_or_default();
    let mut links =
        Links::open().map_err(|error| Failure::cannot("cannot list the interfaces", error))?;
    let adapter = links.adapter(name).map_err(|error| {
        let tried = if request.is_none() { "show" } else { "change" };
        Failure::cannot(format!("cannot {tried} {name}"), error)
    })?;
    let lists = vendor_list::lists(args);
    if let (Some(_), Err(error)) = (&args.vendor_list, &lists) {
        return Err(Failure::cannot("cannot read vendors", with_causes(error)));
    }
    let known = adapter.permanent.into_iter().chain([adapter.link.address]);
    let Some(request) = request else {
        let names = VendorNames::of(&known.collect::<Vec<_>>(), lists.as_ref().ok());
        let shown = Shown::of(&adapter, &names);
        return answer(args, out, &shown, &shown.to_json());
    };
    if !args.force {
        require_not_managed(&adapter)?;
    }
    let mut rng = StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::cannot("cannot get random numbers from the system", error))?;
    let address = request
        .choose(&adapter, lists.as_ref(), &mut rng)
        .map_err(|error| failure_of(error, name))?;
    let change = set_address(&adapter, links, address);
    let shown: Vec<_> = known.chain([address]).chain(change.address()).collect();
    let outcome = SetOutcome {
        names: VendorNames::of(&shown, lists.as_ref().ok()),
        change,
        requested: address,
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
    json: &str,
) -> Result<ExitCode, Failure> {
    if args.json {
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn require_not_managed(adapter: &Adapter) -> Result<(), Failure> {
    let name = &adapter.name;
    let refused = |reason: ManagedElsewhere| Failure::cannot(format!("{name} not changed"), reason);
    if check_not_managed(adapter).map_err(refused)? == Permission::Uncertain {
        eprintln!(
            "macveil: NetworkManager runs, but has not recorded whether it manages {name} (check with `nmcli device`): if so, it can change the address back"
        );
    }
    Ok(())
}

fn failure_of(error: RequestError, name: &str) -> Failure {
    match error {
        RequestError::VendorList(_) | RequestError::NoVendor => {
            Failure::cannot("cannot choose a vendor", error)
        }
        RequestError::NoPermanentAddress => Failure::cannot(format!("cannot change {name}"), error),
        RequestError::Key(source) => {
            Failure::cannot("cannot generate a stable address without a key", source)
        }
        RequestError::NoConnection | RequestError::Policy(_) => Failure::usage(error),
    }
}
