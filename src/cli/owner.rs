//! Which network manager controls an interface, for commands that run without the daemon.

use std::path::Path;

use crate::config::{Config, Kind};
use crate::platform::managers::{ActiveManagers, ManagerKind, ManagerWatch, Supplicant};

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

/// Which manager controls a Wi-Fi station, by its name and index, with this configuration.
pub(super) fn of_station(
    running: ActiveManagers,
    root: &Path,
    config: Option<&Config>,
    (name, ifindex): (&str, u32),
) -> Option<ManagerKind> {
    let directory = config.map_or(Path::new(CTRL_INTERFACE), |it| &it.ctrl_interface);
    let backend = config.map(|it| it.backend).unwrap_or_default();
    let supplicant = Supplicant::configured(backend, directory, name, Kind::Wifi);
    running.owner(root, (name, ifindex), &supplicant)
}
