//! What is known of this machine.

use std::path::Path;

use super::{files, supplicant, trial};
use crate::cli::failure::Failure;
use crate::cli::owner::{self, CTRL_INTERFACE};
use crate::config::{Config, DeviceFacts, Errors, Layout};
use crate::platform::managers::{ActiveManagers, another_runs};
use crate::platform::netlink::Kernel;
use crate::tools::doctor::{Card, Facts, Macveil, wanted};
use macveil_core::machine::{self, OnFailure};
use macveil_core::types::DeviceKind;

const LOOK: &str = "cannot look at the Wi-Fi interfaces";

/// PendingScans at an interface, or at all that are stations.
pub(super) fn facts(root: &Path, interface: Option<&str>, tries: bool) -> Result<Facts, Failure> {
    let mut kernel = Kernel::open().map_err(|error| Failure::cannot(LOOK, error))?;
    let mut stations = kernel
        .stations()
        .map_err(|error| Failure::cannot(LOOK, error))?;
    if let Some(name) = interface {
        stations.retain(|it| it.name == name);
    }
    if stations.is_empty() {
        let why = "there is no such Wi-Fi station (`iw dev` lists those that there are)";
        return Err(Failure::cannot(
            interface.unwrap_or("there is nothing to look at"),
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
        .map(|it| (it.name.as_str(), it.kernel.ifindex))
        .collect();
    Ok(Facts {
        release: kernel.release(),
        files: files::read(root, &wanted(&processes, &interfaces)),
        macveil,
        cards,
        processes,
    })
}

fn macveil(config: &Result<Config, Errors>) -> Macveil {
    let wrong = config.as_ref().err().and_then(|it| it.problems().first());
    let directory = config
        .as_ref()
        .map(|it| it.ctrl_interface.display().to_string());
    Macveil {
        runs: another_runs(),
        wrong: wrong.map(|it| format!("{}: {}", it.file(), it.message())),
        ctrl_interface: directory.unwrap_or_else(|_| CTRL_INTERFACE.to_owned()),
    }
}

fn card(
    root: &Path,
    config: Option<&Config>,
    station: machine::Card,
    running: ActiveManagers,
) -> Card {
    let name = station.name.clone();
    let device = DeviceFacts {
        name: &name,
        permanent: station.permanent,
        driver: &station.driver,
        kind: DeviceKind::Wifi,
    };
    let settings = config.map(|it| it.settings(&device));
    let directory = config.map_or(Path::new(CTRL_INTERFACE), |it| &it.ctrl_interface);
    let socket = directory.join(&name);
    Card {
        up: false,
        fails_open: settings
            .as_ref()
            .is_some_and(|it| it.on_failure == OnFailure::Open),
        scans_bare: settings.as_ref().is_some_and(|it| !it.scan_random),
        is_managed: config.is_none_or(|it| it.manages(&device)),
        owner: owner::of_station(running, root, config, (&name, station.ifindex)),
        control: supplicant::query(&socket),
        trial: None,
        kernel: station,
        name,
    }
}
