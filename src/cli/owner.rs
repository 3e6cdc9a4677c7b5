//! Which network manager controls an interface, for commands that can run without the daemon.

use std::cell::LazyCell;
use std::path::Path;

use super::ask::Daemon;

use crate::config::Config;
use crate::platform::managers::{ActiveManagers, ManagerWatch, Supplicant};
use crate::protocol::{Backend, Client, Reply, Request};
use macveil_core::types::{DeviceKind, ManagerKind};

/// Where `wpa_supplicant` usually has its sockets.
pub(super) const CTRL_INTERFACE: &str = "/run/wpa_supplicant";

/// Which network managers run, as the system bus below `root` reports.
pub(super) fn running(root: &Path) -> ActiveManagers {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let first = |runtime: tokio::runtime::Runtime| {
        runtime.block_on(async { ManagerWatch::new(root.to_owned()).first().await })
    };
    runtime.map(first).unwrap_or_default()
}

/// Which stations iwd controls: as the daemon reports, and for those that it does not manage as it would decide.
pub(super) fn iwd_controls(root: &Path, config: &Config) -> impl Fn(&str, u32) -> bool {
    let socket = Daemon::default().path(Some(config));
    let reply = Client::connect(&socket).and_then(|mut client| client.ask(&Request::Status));
    let reports = match reply {
        Ok(Reply::Status { interfaces, .. }) => interfaces,
        _ => Vec::new(),
    };
    let running = LazyCell::new(|| running(root));
    move |name, ifindex| {
        let report = reports.iter().find(|it| it.interface.name == name);
        match report.and_then(|it| it.details.as_ref()) {
            Some(details) => details.backend == Some(Backend::Iwd),
            None => {
                of_station(&running, root, Some(config), (name, ifindex)) == Some(ManagerKind::Iwd)
            }
        }
    }
}

/// Which manager controls a Wi-Fi station, by its name and index, with this configuration.
pub(super) fn of_station(
    running: &ActiveManagers,
    root: &Path,
    config: Option<&Config>,
    (name, ifindex): (&str, u32),
) -> Option<ManagerKind> {
    let directory = config.map_or(Path::new(CTRL_INTERFACE), |it| &it.ctrl_interface);
    let backend = config.map(|it| it.backend).unwrap_or_default();
    let supplicant = Supplicant::configured(backend, directory, name, DeviceKind::Wifi);
    running.owner(root, (name, ifindex), &supplicant)
}
