//! Leaves alone what somebody else manages.

use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::config;
use crate::platform::managers::{Management, network_manager};
use crate::platform::netlink::Adapter;
use crate::store;

const RUNTIME_DIR: &str = "/run/macveil";

/// Whether nobody else manages the interface.
pub(super) fn allow(adapter: &Adapter) -> Result<(), Failure> {
    let name = &adapter.name;
    let tried = || format!("{name} is left as it is");
    // First, because macveil leaves alone what NetworkManager manages.
    let management = network_manager(Path::new("/"), adapter.ifindex);
    if management == Management::Yes {
        return Err(Failure::cannot(
            tried(),
            format!(
                "NetworkManager manages it and would change it back. `nmcli connection modify NAME {}.cloned-mac-address ADDRESS` says which address a connection gets, `nmcli device set {name} managed no` makes NetworkManager let go; with --force it is changed all the same",
                if adapter.wifi { "wifi" } else { "ethernet" }
            ),
        ));
    }
    if store::is_managed(&runtime_dir(), name, adapter.ifindex) {
        return Err(Failure::cannot(
            tried(),
            format!(
                "the running macveil protects it and would change it back. {} says which address {} gets; with --force it is changed all the same",
                if adapter.wifi {
                    "`macveil policy SSID ADDRESS`"
                } else {
                    "`cloned-mac-address` in an [[interface]] of its configuration"
                },
                if adapter.wifi { "a network" } else { "it" }
            ),
        ));
    }
    if management == Management::Unknown {
        eprintln!(
            "macveil: NetworkManager is running and has not noted whether it manages {name} (`nmcli device` says): if it does, it may change it back"
        );
    }
    Ok(())
}

/// A configuration that is wrong says nothing; the daemon runs on what it last understood.
fn runtime_dir() -> PathBuf {
    config::load(None).map_or_else(|_| PathBuf::from(RUNTIME_DIR), |config| config.runtime_dir)
}
