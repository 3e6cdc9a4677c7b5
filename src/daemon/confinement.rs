//! What the daemon still has to reach after it has started.

use std::path::{Path, PathBuf};

use super::Daemon;
#[cfg(feature = "dbus")]
use crate::config::Backend;
use crate::config::Layout;
use crate::platform::sandbox::{self, AllowedPaths, Sandbox};
use crate::store;

/// Interfaces and their drivers.
const SYSFS: &str = "/sys";
/// Whose interfaces others say that they are.
const NOTES: &str = "/run/NetworkManager/devices";
/// Which interfaces `ConnMan` is to keep off.
const CONNMAN: &str = "/etc/connman";
/// Where IPv6 is switched off and on for an interface.
const IPV6_SWITCHES: &str = "/proc/sys/net/ipv6/conf";

impl Daemon {
    /// Gives up everything else.
    pub(super) fn confine(&self) -> Sandbox {
        sandbox::enter(&self.needs())
    }

    fn needs(&self) -> AllowedPaths {
        let layout = Layout::of(self.config_file.as_deref());
        // A file may be a link to one elsewhere.
        let linked = self
            .config
            .files
            .iter()
            .filter_map(|file| Path::new(&**file).canonicalize().ok());
        let linked: Vec<_> = linked.collect();
        let linked = linked.iter().filter_map(|file| file.parent());
        let configuration = layout.directories().chain(linked).map(Path::to_owned);
        let metrics = self.config.metrics_file.as_deref();
        let metrics = metrics.and_then(Path::parent).filter(|it| it.is_dir());
        #[cfg_attr(
            not(feature = "dbus"),
            allow(unused_mut, reason = "only iwd needs more")
        )]
        let mut needs = AllowedPaths {
            read: configuration
                .chain(store::host_directories())
                .chain([SYSFS, NOTES, CONNMAN].map(PathBuf::from))
                .collect(),
            write: vec![IPV6_SWITCHES.into()],
            create: [Some(self.config.state_dir.as_path()), metrics]
                .into_iter()
                .flatten()
                .map(Path::to_owned)
                .collect(),
            bind: vec![self.config.runtime_dir.clone()],
        };
        #[cfg(feature = "dbus")]
        if matches!(self.config.backend, Backend::Auto | Backend::Iwd) {
            let (configuration, state) = super::iwd::needs();
            needs.read.push(configuration);
            needs.create.push(state);
        }
        needs
    }
}
