//! Whose an interface is besides macveil's, for commands that ask no daemon.

use std::path::Path;
use std::time::Duration;

use crate::config::{Backend, Config};
use crate::platform::managers::{Rival, Running, Supplicant, Watch};

/// Where `wpa_supplicant` has its sockets, usually.
pub(super) const CTRL_INTERFACE: &str = "/run/wpa_supplicant";
/// The bus is there, but does not answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Which of those programs run, as the system bus below `root` says.
pub(super) fn running(root: &Path) -> Running {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return Running::default();
    };
    let mut watch = Watch::new(root.to_owned());
    runtime.block_on(async {
        tokio::time::timeout(PATIENCE, watch.next())
            .await
            .unwrap_or_default()
    })
}

/// Whose a station is, by its name and index, with this configuration.
pub(super) fn of_station(
    running: Running,
    root: &Path,
    config: Option<&Config>,
    (name, ifindex): (&str, u32),
) -> Option<Rival> {
    let directory = config.map_or(Path::new(CTRL_INTERFACE), |it| &it.ctrl_interface);
    let supplicant = match config.map(|it| it.backend).unwrap_or_default() {
        Backend::WpaSupplicant | Backend::None => Supplicant::Ours,
        Backend::Iwd => Supplicant::Iwd,
        Backend::Auto => Supplicant::Any(directory.join(name)),
    };
    running.owner(root, (name, ifindex), &supplicant)
}
