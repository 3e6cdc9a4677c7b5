//! `macveil explain`: which address a network would get, and how it is derived.

mod explanation;
mod render;
pub(super) mod system;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use super::failure::{Failure, NO, ignore_broken_pipe};
use super::inputs::{self, Moment};
use super::networks;
use crate::{config, store};
use explanation::{Explanation, Outcome};
use macveil_core::address::NetworkFacts;
use macveil_core::types::{DeviceKind, KeyMgmt, Mac, Ssid};
use system::Card;

/// Show which address a network would get, and why.
///
/// Without an SSID, lists the known networks, as `macveil networks` does. The key, which only root can read, is needed
/// for stable addresses; the policy and its rule are shown without it.
#[derive(Debug, clap::Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
#[command(after_help = "Examples:
  sudo macveil explain Home
  sudo macveil explain Home --verbose
  macveil explain 'Café' --security open --iface wlan1
  macveil explain --hex ff00ff --json
  macveil explain --wire --iface eth0")]
pub struct Args {
    /// The SSID.
    ssid: Option<String>,
    /// Explain an Ethernet interface, which has no SSID.
    #[arg(long, requires = "iface", conflicts_with_all = ["ssid", "hex", "bssid", "security", "id_str"])]
    wire: bool,
    /// The SSID is in hexadecimal.
    #[arg(long)]
    hex: bool,
    /// The interface (default: the first that macveil manages).
    #[arg(long)]
    iface: Option<String>,
    /// The permanent address of a card that is not in this host.
    #[arg(long, value_name = "MAC", requires = "iface")]
    permanent: Option<Mac>,
    /// The BSSID, for rules that depend on it.
    #[arg(long, value_name = "MAC")]
    bssid: Option<Mac>,
    /// The security of the network: open, owe, wep, psk, sae, eap.
    #[arg(long, value_parser = inputs::security)]
    security: Option<KeyMgmt>,
    /// The `id_str` of the network in the configuration of wpa_supplicant.
    #[arg(long, value_name = "TEXT")]
    id_str: Option<String>,
    /// The time of the association (default: now): local time, or `@SECONDS` since 1970.
    #[arg(long, value_name = "TIME", value_parser = inputs::moment)]
    at: Option<Moment>,
    /// Read only this file instead of /etc/macveil/macveil.toml and its drop-ins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show everything that the address is made from.
    #[arg(long, conflicts_with = "json")]
    verbose: bool,
    /// Print JSON, with everything that the address is made from.
    #[arg(long)]
    json: bool,
}

/// Writes the explanation. Exits with status 1 if the network gets no address.
///
/// # Errors
///
/// There is no such interface, the configuration is invalid, or the key cannot be read.
pub fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    ignore_broken_pipe(explain(args, out))
}

fn explain(args: &Args, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let ssid = args.ssid()?;
    if ssid.is_none() && !args.wire {
        let list = networks::Args::of(args.iface.clone(), args.config.clone(), args.json);
        return networks::run(&list, out);
    }
    let config = config::load(args.config.as_deref())
        .map_err(|errors| Failure::cannot("the configuration is invalid", errors))?;
    let card = match (&args.iface, args.permanent) {
        (Some(name), Some(permanent)) => Card::elsewhere(name, permanent, args.kind()),
        (Some(name), None) if args.wire => system::port(&config, name)?,
        (name, _) => system::card(&config, name.as_deref())?,
    };
    let key = system::host(&config);
    let missing = key
        .as_ref()
        .err()
        .map(|failure| super::with_causes(failure));
    let host = key.unwrap_or_else(|_| system::keyless());
    let policies = card.policies(&config, host.into());
    let network = NetworkFacts {
        ssid: ssid.as_ref(),
        bssid: args.bssid,
        security: args.security,
        id_str: args.id_str.as_deref(),
        time: Some(
            args.at
                .map_or_else(SystemTime::now, |at| at.time(policies.zone())),
        ),
        generation: ssid
            .as_ref()
            .map_or(Ok(0), |ssid| generation(&config.state_dir, ssid))
            .or_else(|failure| missing.as_ref().map(|_| 0).ok_or(failure))?,
    };
    let managed = config.manages(&card.device());
    let interface = (card.name.as_str(), managed);
    let has_key = missing.is_none();
    let explanation = Explanation::of(&policies, &network, interface, &card.facts, has_key);
    if args.json {
        writeln!(out, "{}", explanation.to_json())?;
    } else if args.verbose {
        write!(out, "{}", explanation.to_verbose_text())?;
    } else {
        write!(out, "{}", explanation.to_text())?;
    }
    if let (Ok(Outcome::NeedsKey), Some(missing)) = (&explanation.outcome, missing) {
        eprintln!("macveil: {missing}");
    }
    Ok(match explanation.outcome {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(NO),
    })
}

fn generation(state_dir: &Path, ssid: &Ssid) -> Result<u64, Failure> {
    store::read_history(state_dir)
        .map(|history| history.generation(ssid))
        .map_err(|error| Failure::cannot("cannot read the number of renewals", error))
}

impl Args {
    const fn kind(&self) -> DeviceKind {
        if self.wire {
            DeviceKind::Ethernet
        } else {
            DeviceKind::Wifi
        }
    }

    fn ssid(&self) -> Result<Option<Ssid>, Failure> {
        let name = self.ssid.as_deref();
        name.map(|name| inputs::ssid_of(name, self.hex)).transpose()
    }
}

#[cfg(test)]
mod tests;
