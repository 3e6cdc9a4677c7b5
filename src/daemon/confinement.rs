//! The files that the daemon needs after its start.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tracing::debug;

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

/// The directory of the system bus is created in it when the bus starts.
#[cfg(feature = "dbus")]
const BUS: &str = "/run";
/// Groups of users.
const GROUPS: &str = "/etc/group";
/// The main file and the administrator's drop-ins.
const CONFIGURATION: &str = "/etc/macveil";
/// Directories with files of many programs.
const CROWDED: [&str; 2] = ["/", "/etc"];

#[cfg(feature = "dbus")]
const MISSING: &[(&str, u32)] = &[
    (NOTES, 0o755),
    (CONNMAN, 0o755),
    (CONFIGURATION, 0o755),
    (crate::platform::iwd::CONFIGURATION, 0o755),
    (crate::platform::iwd::STATE_DIRECTORY, 0o700),
];
#[cfg(not(feature = "dbus"))]
const MISSING: &[(&str, u32)] = &[(NOTES, 0o755), (CONFIGURATION, 0o755)];

/// Directories that another program or the administrator makes later, so that there can be a rule for them.
fn make_missing() {
    for &(path, mode) in MISSING {
        // Without it macveil works as well, until it is restarted, as if the program were not there.
        let made = DirBuilder::new().recursive(true).mode(mode).create(path);
        if let Err(error) = made {
            debug!("{path}: {error}");
        }
    }
}

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
        let is_root = rustix::process::geteuid().is_root();
        let named = self.environment.config_file.iter().cloned();
        // Root can read everything there.
        let configuration = configuration
            .filter(|path| !is_root || !CROWDED.map(Path::new).contains(&path.as_path()));
        let host = if is_root {
            make_missing();
            store::host_files()
        } else {
            store::host_directories()
        };
        let metrics = self.environment.config.metrics_file.as_deref();
        let metrics = metrics.and_then(Path::parent).filter(|it| it.is_dir());
        #[cfg_attr(
            not(feature = "dbus"),
            allow(unused_mut, reason = "only iwd needs more")
        )]
        let mut allowed = AllowedPaths {
            read: configuration
                .chain(named)
                .chain(host)
                .chain([SYSFS, NOTES, CONNMAN, GROUPS].map(PathBuf::from))
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
            allowed.read.push(BUS.into());
            allowed.create.push(state);
        }
        allowed
    }
}
