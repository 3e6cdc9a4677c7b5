//! `macveil generate`: computes addresses from given inputs, without privilege or daemon.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};

use super::failure::{Failure, ignore_broken_pipe};
use super::inputs::{self, Bytes, Moment};
use crate::protocol::to_json;
use crate::store;
use macveil_core::address::{
    AddressFacts, AddressPolicies, AssignError, Binding, ConnectionOptions, Host, HostKey,
    MachineId, Mask, NetworkFacts, Origin, Policy, Slap, Sourced, StableId,
};
use macveil_core::types::{KeyMgmt, Mac, Ssid};

/// Print addresses computed like macveil's, one per line; needs neither privilege nor daemon.
///
/// Every input of the hash is an option, so that any address can be verified.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  macveil generate
  macveil generate random --mask 'FE:FF:FF:00:00:00 68:F7:28:00:00:00'
  macveil generate stable-ssid --ssid Home --ifname wlan0 --key-file ./secret_key
  macveil generate stable --uuid stable-1 --ifname eth0 --host-id 6b657931
  macveil generate stable --wire --ifname eth0")]
pub struct Args {
    /// permanent, preserve, random, stable, stable-ssid, or an address.
    #[arg(default_value_t = Policy::Random)]
    policy: Policy,
    /// The SSID.
    #[arg(long, value_name = "SSID", value_parser = inputs::ssid_text, conflicts_with = "ssid_hex")]
    ssid: Option<Ssid>,
    /// The SSID in hexadecimal.
    #[arg(long, value_name = "HEX", value_parser = inputs::ssid_hex)]
    ssid_hex: Option<Ssid>,
    /// The connection's UUID.
    #[arg(long)]
    uuid: Option<String>,
    /// Compute the address of an Ethernet connection, which has no SSID.
    #[arg(long, conflicts_with_all = ["ssid", "ssid_hex"])]
    wire: bool,
    /// The stable-id for `stable`.
    #[arg(long, value_name = "ID")]
    stable_id: Option<StableId>,
    /// The interface name.
    #[arg(long, value_name = "IFACE")]
    ifname: Option<String>,
    /// The file of the key.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "/var/lib/macveil/secret_key"
    )]
    key_file: PathBuf,
    /// The bytes to hash as the key, instead of a key file and the machine ID.
    #[arg(long, value_name = "HEX", value_parser = inputs::hex, conflicts_with = "key_file")]
    host_id: Option<Bytes>,
    /// The machine ID (default: of this host; empty: none).
    #[arg(long, value_name = "HEX")]
    machine_id: Option<String>,
    /// The boot ID (default: of this boot).
    #[arg(long, value_name = "ID")]
    boot_id: Option<String>,
    /// The card's permanent address.
    #[arg(long, value_name = "MAC")]
    permanent: Option<Mac>,
    /// The card's initial address (default: the permanent address).
    #[arg(long, value_name = "MAC")]
    initial: Option<Mac>,
    /// The card's current address (default: the initial address).
    #[arg(long, value_name = "MAC")]
    current: Option<Mac>,
    /// Bits to keep: MASK [ADDRESS|preserve]...
    #[arg(long)]
    mask: Option<Mask>,
    /// What else a stable address depends on: interface, card, host.
    #[arg(long, value_parser = inputs::binding, default_value_t)]
    binding: Binding,
    /// Make a stable address depend on the security: open, owe, wep, psk, sae, eap.
    #[arg(long, value_parser = inputs::security)]
    security: Option<KeyMgmt>,
    /// The quadrant of the local address space (IEEE 802c SLAP): any, aai.
    #[arg(long, value_parser = inputs::slap, default_value_t)]
    slap: Slap,
    /// The number of renewals of the stable address (`rotate`, `macveil reroll`).
    #[arg(long, value_name = "N", default_value_t = 0)]
    generation: u64,
    /// The time of the association: `2016-08-22 6:00:00` in local time, or `@SECONDS` since 1970.
    #[arg(long, value_name = "TIME", value_parser = inputs::moment)]
    at: Option<Moment>,
    /// The time zone, a file in /usr/share/zoneinfo (default: of this host).
    #[arg(long, value_name = "FILE")]
    zone: Option<PathBuf>,
    /// Number of addresses to print.
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct Answer {
    addresses: Vec<Mac>,
}

/// Writes the addresses.
///
/// # Errors
///
/// The policy needs a missing argument, or the key, the time zone or random numbers cannot be read.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(print(args, out))
}

fn print(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    args.require_inputs()?;
    let policies = args.policies()?;
    let network = NetworkFacts {
        ssid: args.ssid.as_ref().or(args.ssid_hex.as_ref()),
        security: args.security,
        time: Some(args.time(&policies)),
        generation: args.generation,
        ..NetworkFacts::default()
    };
    let mut card = args.card();
    let mut rng = StdRng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::cannot("cannot read random numbers from the system", error))?;
    let mut addresses = Vec::new();
    for _ in 0..args.count {
        let address = policies.assign(&network, &card, &mut rng);
        let address = address.map_err(|error: AssignError| Failure::usage(error))?;
        if args.json {
            addresses.push(address);
        } else {
            writeln!(out, "{address}")?;
        }
        card.previous = Some(address);
    }
    if args.json {
        writeln!(out, "{}", to_json(&Answer { addresses }))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The card's address if no argument sets it.
const NO_ADDRESS: Mac = Mac([0; 6]);

impl Args {
    fn require_inputs(&self) -> Result<(), Failure> {
        let initial = self.initial.or(self.permanent);
        let keeps_initial = |mask: &Mask| mask.bases().is_empty();
        let by_interface = self.is_stable() && self.binding == Binding::Interface;
        let by_card = self.is_stable() && self.binding == Binding::Card;
        let permanent = self.policy == Policy::Permanent || by_card;
        let of_connection = |id: &StableId| id.differs_by_network();
        let by_connection = self.is_stable() && self.stable_id.as_ref().is_none_or(of_connection);
        let connection = [
            self.ssid.is_some(),
            self.ssid_hex.is_some(),
            self.uuid.is_some(),
            self.wire,
        ];
        for (needed, given, option) in [
            (
                by_connection,
                connection.contains(&true),
                "--ssid SSID, --uuid UUID or --wire",
            ),
            (permanent, self.permanent.is_some(), "--permanent MAC"),
            (
                by_interface,
                self.ifname.is_some(),
                "--ifname IFACE, or another --binding",
            ),
            (
                self.policy == Policy::Preserve,
                initial.is_some(),
                "--initial MAC",
            ),
            (
                self.mask.as_ref().is_some_and(keeps_initial),
                initial.is_some(),
                "--initial MAC",
            ),
        ] {
            if needed && !given {
                return Err(Failure::usage(format!("this policy needs {option}")));
            }
        }
        if self.stable_id.is_some() && self.policy != Policy::Stable {
            return Err(Failure::usage(
                "--stable-id is only valid with the policy `stable`",
            ));
        }
        Ok(())
    }

    fn is_stable(&self) -> bool {
        matches!(self.policy, Policy::Stable | Policy::StableSsid)
    }

    fn policies(&self) -> Result<AddressPolicies, Failure> {
        let host = Host {
            key: self.key()?,
            boot_id: self.boot_id.clone().or_else(store::boot_id),
            zone: inputs::zone(self.zone.as_deref())?,
        };
        let name = self.ifname.clone().unwrap_or_default();
        Ok(AddressPolicies::new(
            name,
            Arc::new(host),
            None,
            Vec::new(),
            self.options(),
        ))
    }

    fn options(&self) -> ConnectionOptions {
        ConnectionOptions {
            policy: Some(sourced(self.policy)),
            stable_id: self.stable_id.clone().map(sourced),
            mask: Some(sourced(self.mask.clone())),
            binding: Some(sourced(self.binding)),
            by_security: Some(sourced(self.security.is_some())),
            slap: Some(sourced(self.slap)),
            rotate: None,
            uuid: self.uuid.clone().map(sourced),
        }
    }

    fn key(&self) -> Result<HostKey, Failure> {
        match &self.host_id {
            Some(Bytes(host_id)) => Ok(HostKey::from_host_id(host_id)),
            None if self.is_stable() => self.read_key(&self.key_file),
            None => Ok(HostKey::from_host_id(&[])),
        }
    }

    fn read_key(&self, path: &Path) -> Result<HostKey, Failure> {
        let machine = match self.machine_id.as_deref() {
            None => store::machine_id(),
            Some("") => None,
            Some(text) => Some(MachineId::parse(text).ok_or_else(|| {
                Failure::usage("--machine-id: expected 32 hexadecimal digits that are not all zero")
            })?),
        };
        store::read_any_key(path, machine.as_ref())
            .map_err(|error| Failure::cannot("cannot make a stable address without a key", error))
    }

    fn card(&self) -> AddressFacts {
        let initial = self.initial.or(self.permanent).unwrap_or(NO_ADDRESS);
        AddressFacts {
            permanent: self.permanent,
            initial,
            current: self.current.unwrap_or(initial),
            previous: None,
        }
    }

    fn time(&self, policies: &AddressPolicies) -> SystemTime {
        self.at
            .map_or_else(SystemTime::now, |at| at.time(policies.zone()))
    }
}

fn sourced<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: Origin::Arguments,
    }
}

#[cfg(test)]
mod tests;
