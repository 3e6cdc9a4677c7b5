//! Refuses to change an interface that macveil or `NetworkManager` manages.

use std::path::{Path, PathBuf};

use crate::config;
use crate::platform::managers::{self, Management, network_manager};
use crate::platform::netlink::Adapter;
use crate::store;

const RUNTIME_DIR: &str = "/run/macveil";

/// Why the interface must not be changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManagedElsewhere {
    #[error(
        "NetworkManager manages it and would change it back. Set the address of a connection with `nmcli connection modify NAME {group}.cloned-mac-address ADDRESS`, or release the interface with `nmcli device set {name} managed no`. --force changes it anyway"
    )]
    NetworkManager { name: String, group: &'static str },
    #[error(
        "macveil is running, manages it and would change it back. Set the address with {remedy}. --force changes it anyway"
    )]
    Macveil { remedy: &'static str },
    #[error(
        "a macveil with another `runtime-dir` than {} is running, and may manage it. --force changes it anyway", .0.display()
    )]
    MacveilElsewhere(PathBuf),
}

/// The interface can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    Granted,
    /// `NetworkManager` runs, but has not recorded whether it manages the interface.
    Uncertain,
}

/// Checks that neither macveil nor `NetworkManager` manages the interface.
pub(crate) fn check_not_managed(adapter: &Adapter) -> Result<Permission, ManagedElsewhere> {
    let name = &adapter.name;
    // NetworkManager first: macveil does not manage what NetworkManager manages.
    let management = network_manager(Path::new("/"), adapter.ifindex);
    if management == Management::Yes {
        return Err(ManagedElsewhere::NetworkManager {
            name: name.clone(),
            group: if adapter.wifi { "wifi" } else { "ethernet" },
        });
    }
    let runtime_dir = runtime_dir();
    if managers::another_runs() && !store::is_in_use(&runtime_dir) {
        return Err(ManagedElsewhere::MacveilElsewhere(runtime_dir));
    }
    if store::is_managed(&runtime_dir, name, adapter.ifindex) {
        return Err(ManagedElsewhere::Macveil {
            remedy: if adapter.wifi {
                "`macveil policy SSID ADDRESS`"
            } else {
                "`cloned-mac-address` in an [[interface]] of its configuration"
            },
        });
    }
    Ok(match management {
        Management::Unknown => Permission::Uncertain,
        Management::Yes | Management::No => Permission::Granted,
    })
}

/// The default if the configuration is invalid: a running daemon keeps its last valid one.
fn runtime_dir() -> PathBuf {
    config::load(None).map_or_else(|_| PathBuf::from(RUNTIME_DIR), |config| config.runtime_dir)
}
