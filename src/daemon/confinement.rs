//! The files that the daemon needs after its start.

use std::path::{Path, PathBuf};

use super::Daemon;
#[cfg(feature = "dbus")]
use crate::config::BackendChoice;
use crate::config::Layout;
use crate::platform::sandbox::{self, AllowedPaths, Sandbox};
use crate::store;

/// Interfaces and their drivers.
const SYSFS: &str = "/sys";
/// Which interfaces `NetworkManager` manages.
const NOTES: &str = "/run/NetworkManager/devices";
/// Which interfaces `ConnMan` must not use.
const CONNMAN: &str = "/etc/connman";
/// Disables and enables IPv6 of an interface.
const IPV6_SWITCHES: &str = "/proc/sys/net/ipv6/conf";

impl Daemon {
    /// Enters the sandbox.
    pub(super) fn confine(&self) -> Sandbox {
        sandbox::enter(&self.allowed_paths())
    }

    fn allowed_paths(&self) -> AllowedPaths {
        let layout = Layout::of(self.environment.config_file.as_deref());
        // A file may be a link to one elsewhere.
        let linked = self
            .environment
            .config
            .files
            .iter()
            .filter_map(|file| Path::new(&**file).canonicalize().ok());
        let linked: Vec<_> = linked.collect();
        let linked = linked.iter().filter_map(|file| file.parent());
        let configuration = layout.directories().chain(linked).map(Path::to_owned);
        let metrics = self.environment.config.metrics_file.as_deref();
        let metrics = metrics.and_then(Path::parent).filter(|it| it.is_dir());
        #[cfg_attr(
            not(feature = "dbus"),
            allow(unused_mut, reason = "only iwd needs more")
        )]
        let mut allowed = AllowedPaths {
            read: configuration
                .chain(store::host_directories())
                .chain([SYSFS, NOTES, CONNMAN].map(PathBuf::from))
                .collect(),
            write: vec![IPV6_SWITCHES.into()],
            create: [Some(self.environment.config.state_dir.as_path()), metrics]
                .into_iter()
                .flatten()
                .map(Path::to_owned)
                .collect(),
            bind: vec![self.environment.config.runtime_dir.clone()],
        };
        #[cfg(feature = "dbus")]
        if matches!(
            self.environment.config.backend,
            BackendChoice::Auto | BackendChoice::Iwd
        ) {
            let (configuration, state) = super::iwd::needs();
            allowed.read.push(configuration);
            allowed.create.push(state);
        }
        allowed
    }
}
