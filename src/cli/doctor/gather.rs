//! Collects the facts about this machine.

use std::path::Path;

use super::{files, supplicant, trial};
use crate::cli::failure::Failure;
use crate::cli::owner::{self, CTRL_INTERFACE};
use crate::config::{Config, DeviceFacts, Errors, Layout};
use crate::platform::managers::{ActiveManagers, another_runs};
use crate::platform::netlink::Kernel;
use crate::store::{KEY_FILE, read_secret};
use crate::tools::doctor::{CardFacts, Facts, MacveilFacts, Process, interfaces};
use macveil_core::address::is_weak_key;
use macveil_core::machine::{self, OnFailure};
use macveil_core::types::{DeviceKind, Mac};

const STATE_DIRECTORY: &str = "/var/lib/macveil";
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
    if let (Some(name), true) = (interface, stations.is_empty()) {
        let why = "no such Wi-Fi interface in station mode (`iw dev` lists the interfaces)";
        return Err(Failure::cannot(name, why));
    }
    let config = Config::read(&Layout::below(root));
    let macveil = macveil(root, &config);
    let running = owner::running(root);
    let mut cards = Vec::with_capacity(stations.len());
    for station in stations {
        let up = kernel.link(station.ifindex).is_ok_and(|link| link.up);
        let mut card = card(root, config.as_ref().ok(), station, &running);
        card.up = up;
        if tries {
            card.trial = Some(trial::attempt(&mut kernel, &card, macveil.runs)?);
        }
        cards.push(card);
    }
    let processes = files::processes(root);
    if cards.is_empty() {
        let names = absent_cards(root, &processes);
        cards.extend(
            names
                .into_iter()
                .map(|name| absent_card(root, config.as_ref().ok(), name)),
        );
    }
    let release = files::release(root);
    let interfaces: Vec<_> = cards
        .iter()
        .map(|card| (card.name.as_str(), card.kernel.ifindex))
        .collect();
    Ok(Facts {
        release: kernel.release(),
        files: files::read_all(root, &processes, &interfaces, &release),
        release_name: release,
        macveil,
        cards,
        processes,
    })
}

/// Interfaces that `wpa_supplicant` is configured for; the usual name if there is none.
fn absent_cards(root: &Path, processes: &[Process]) -> Vec<String> {
    let mut names = Vec::new();
    let running = interfaces(processes).into_iter();
    for name in running.chain(files::configured_interfaces(root)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push("wlan0".to_owned());
    }
    names
}

fn absent_card(root: &Path, config: Option<&Config>, name: String) -> CardFacts {
    let kernel = machine::Card {
        name,
        ifindex: 0,
        wiphy: 0,
        driver: String::new(),
        permanent: None,
        initial: Mac([0; 6]),
        random_address: false,
        random_sequence: false,
        minimal_content: false,
        live_change: false,
        max_scan_ssids: 0,
        channels: Vec::new(),
    };
    CardFacts {
        is_absent: true,
        ..card(root, config, kernel, &ActiveManagers::default())
    }
}

fn macveil(root: &Path, config: &Result<Config, Errors>) -> MacveilFacts {
    let wrong = config
        .as_ref()
        .err()
        .and_then(|errors| errors.problems().first());
    let directory = config
        .as_ref()
        .map(|config| config.ctrl_interface.display().to_string());
    let state = config
        .as_ref()
        .map_or(Path::new(STATE_DIRECTORY), |config| &config.state_dir);
    let state = state.strip_prefix("/").unwrap_or(state);
    let key = root.join(state).join(KEY_FILE);
    MacveilFacts {
        runs: another_runs(),
        wrong: wrong.map(|problem| format!("{}: {}", problem.file(), problem.message())),
        insecure_key: insecure_key(&key),
        key_file: key.display().to_string(),
        ctrl_interface: directory.unwrap_or_else(|_| CTRL_INTERFACE.to_owned()),
    }
}

/// Why the daemon does not use the key. Nothing if there is none yet, or if this user cannot see it.
pub(super) fn insecure_key(path: &Path) -> Option<String> {
    use std::io::ErrorKind;
    match read_secret(path) {
        Ok(key) if is_weak_key(&key) => {
            Some("it repeats a few bytes and can be guessed".to_owned())
        }
        Ok(_) => None,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::PermissionDenied
            ) =>
        {
            let is_visible = error.raw_os_error().is_none();
            is_visible.then(|| error.to_string())
        }
        Err(error) => Some(error.to_string()),
    }
}

fn card(
    root: &Path,
    config: Option<&Config>,
    station: machine::Card,
    running: &ActiveManagers,
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
        is_absent: false,
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
