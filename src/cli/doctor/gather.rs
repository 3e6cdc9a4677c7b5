//! Collects the facts about this machine.

use std::path::Path;

use super::{files, supplicant, trial};
use crate::cli::failure::Failure;
use crate::cli::owner::{self, CTRL_INTERFACE};
use crate::config::{Config, DeviceFacts, Errors, Layout};
use crate::platform::managers::{ActiveManagers, another_runs};
use crate::platform::netlink::Kernel;
use crate::tools::doctor::{CardFacts, Facts, MacveilFacts, files_to_read};
use macveil_core::machine::{self, OnFailure};
use macveil_core::types::DeviceKind;

const CANNOT_LIST: &str = "cannot list the Wi-Fi interfaces";

/// Facts about the machine and one interface, or all in station mode.
pub(super) fn facts(root: &Path, interface: Option<&str>, tries: bool) -> Result<Facts, Failure> {
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(CANNOT_LIST, error))?;
    let mut stations = kernel
        .stations()
        .map_err(|error| Failure::cannot(CANNOT_LIST, error))?;
    if let Some(name) = interface {
        stations.retain(|station| station.name == name);
    }
    if stations.is_empty() {
        let why = "no such Wi-Fi interface in station mode (`iw dev` lists the interfaces)";
        return Err(Failure::cannot(
            interface.unwrap_or("nothing to check"),
            why,
        ));
    }
    let config = Config::read(&Layout::below(root));
    let macveil = macveil(&config);
    let running = owner::running(root);
    let mut cards = Vec::with_capacity(stations.len());
    for station in stations {
        let up = kernel.link(station.ifindex).is_ok_and(|link| link.up);
        let mut card = card(root, config.as_ref().ok(), station, running);
        card.up = up;
        if tries {
            card.trial = Some(trial::attempt(&mut kernel, &card, macveil.runs)?);
        }
        cards.push(card);
    }
    let processes = files::processes(root);
    let interfaces: Vec<_> = cards
        .iter()
        .map(|card| (card.name.as_str(), card.kernel.ifindex))
        .collect();
    Ok(Facts {
        release: kernel.release(),
        files: files::read(root, &files_to_read(&processes, &interfaces)),
        macveil,
        cards,
        processes,
    })
}

fn macveil(config: &Result<Config, Errors>) -> MacveilFacts {
    let wrong = config
        .as_ref()
        .err()
        .and_then(|errors| errors.problems().first());
    let directory = config
        .as_ref()
        .map(|config| config.ctrl_interface.display().to_string());
    MacveilFacts {
        runs: another_runs(),
        wrong: wrong.map(|problem| format!("{}: {}", problem.file(), problem.message())),
        ctrl_interface: directory.unwrap_or_else(|_| CTRL_INTERFACE.to_owned()),
    }
}

fn card(
    root: &Path,
    config: Option<&Config>,
    station: machine::Card,
    running: ActiveManagers,
) -> CardFacts {
    let name = station.name.clone();
    let device = DeviceFacts {
        name: &name,
        permanent: station.permanent,
        driver: &station.driver,
        kind: DeviceKind::Wifi,
    };
    let settings = config.map(|config| config.settings(&device));
    let directory = config.map_or(Path::new(CTRL_INTERFACE), |config| &config.ctrl_interface);
    let socket = directory.join(&name);
    CardFacts {
        up: false,
        allows_unprotected: settings
            .as_ref()
            .is_some_and(|settings| settings.on_failure == OnFailure::Open),
        scans_without_randomization: settings
            .as_ref()
            .is_some_and(|settings| !settings.scan_random),
        is_managed: config.is_none_or(|config| config.manages(&device)),
        owner: owner::of_station(running, root, config, (&name, station.ifindex)),
        control: supplicant::query(&socket),
        trial: None,
        kernel: station,
        name,
    }
}
