//! Other programs that control interfaces, and another macveil.
//!
//! | file | what it holds |
//! |---|---|
//! | `bus` | which network managers run, as the system bus reports |
//! | `no_bus` | the same without the feature `dbus` |
//! | `network_manager`, `connman` | what they write to files about interfaces |
//! | `instance_lock` | another macveil |

#[cfg(feature = "dbus")]
mod bus;
mod connman;
mod instance_lock;
mod network_manager;
#[cfg(not(feature = "dbus"))]
mod no_bus;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use crate::config::BackendChoice;
#[cfg(feature = "dbus")]
pub use bus::ManagerWatch;
pub use instance_lock::{InstanceLock, claim, runs as another_runs};
use macveil_core::types::{DeviceKind, ManagerKind};
pub use network_manager::{Management, NOTES, network_manager};
#[cfg(not(feature = "dbus"))]
pub use no_bus::ManagerWatch;

#[cfg(any(test, feature = "dbus"))]
const ALL: [ManagerKind; 3] = [
    ManagerKind::NetworkManager,
    ManagerKind::ConnMan,
    ManagerKind::Iwd,
];

const fn bit(manager: ManagerKind) -> u8 {
    1 << manager as u8
}

/// Which managers run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActiveManagers {
    /// One bit for each.
    running: u8,
    /// The interfaces that iwd drives; `None` if it does not run, or does not tell.
    driven_by_iwd: Option<BTreeSet<u32>>,
}

/// A bus that takes longer to reply, as during boot, does not help network managers either.
const DETECTION_TIMEOUT: Duration = Duration::from_millis(500);

impl ManagerWatch {
    /// Returns which network managers run now; none if the bus does not reply in time.
    pub async fn first(&mut self) -> ActiveManagers {
        let first = timeout(DETECTION_TIMEOUT, self.next()).await;
        first.unwrap_or_default()
    }
}

/// Which supplicant the configuration allows for an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supplicant {
    /// None: the interface is not Wi-Fi.
    Needless,
    /// Only what macveil works with: the user has configured the backend.
    Ours,
    /// iwd, as the user has configured, for every interface that it drives.
    Iwd,
    /// iwd for an interface that it drives, unless `wpa_supplicant` has a control socket there.
    Any(PathBuf),
}

impl Supplicant {
    /// What `backend` and `ctrl-interface` of the configuration mean for an interface.
    #[must_use]
    pub fn configured(
        backend: BackendChoice,
        ctrl_interface: &Path,
        name: &str,
        kind: DeviceKind,
    ) -> Self {
        match backend {
            _ if kind != DeviceKind::Wifi => Self::Needless,
            BackendChoice::WpaSupplicant | BackendChoice::None => Self::Ours,
            BackendChoice::Iwd => Self::Iwd,
            BackendChoice::Auto => Self::Any(ctrl_interface.join(name)),
        }
    }
}

impl ActiveManagers {
    #[cfg(any(test, feature = "dbus"))]
    fn set(&mut self, manager: ManagerKind, runs: bool) {
        if runs {
            self.running |= bit(manager);
        } else {
            self.running &= !bit(manager);
        }
    }

    const fn has(&self, manager: ManagerKind) -> bool {
        self.running & bit(manager) != 0
    }

    /// Whether iwd has an object for the interface. If it does not tell, all that others leave are its own.
    #[must_use]
    pub fn is_driven_by_iwd(&self, ifindex: u32) -> bool {
        let driven = self.driven_by_iwd.as_ref();
        self.has(ManagerKind::Iwd) && driven.is_none_or(|driven| driven.contains(&ifindex))
    }

    /// Returns the manager that controls an interface instead of macveil. `root` is `/` except in tests.
    #[must_use]
    pub fn owner(
        &self,
        root: &Path,
        (name, ifindex): (&str, u32),
        supplicant: &Supplicant,
    ) -> Option<ManagerKind> {
        let managed = || network_manager::noted(root, ifindex) == Management::Yes;
        if self.has(ManagerKind::NetworkManager) && managed() {
            return Some(ManagerKind::NetworkManager);
        }
        let connman = self.has(ManagerKind::ConnMan) && !connman::is_excluded(root, name);
        match supplicant {
            Supplicant::Iwd if self.is_driven_by_iwd(ifindex) => Some(ManagerKind::Iwd),
            Supplicant::Ours | Supplicant::Iwd => None,
            _ if connman => Some(ManagerKind::ConnMan),
            Supplicant::Any(socket) if self.is_driven_by_iwd(ifindex) && !socket.exists() => {
                Some(ManagerKind::Iwd)
            }
            Supplicant::Any(_) | Supplicant::Needless => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const CARD: (&str, u32) = ("wlan0", 7);

    fn all_but(absent: Option<ManagerKind>) -> ActiveManagers {
        let mut running = ActiveManagers::default();
        for manager in ALL {
            running.set(manager, Some(manager) != absent);
        }
        running
    }

    fn note(root: &Path, text: &str) {
        fs::create_dir_all(root.join(NOTES)).unwrap();
        fs::write(root.join(NOTES).join("7"), text).unwrap();
    }

    #[test]
    fn network_manager_owns_noted_interface_while_it_runs() {
        let root = tempfile::tempdir().unwrap();
        note(root.path(), "[device]\nmanaged=true\n");
        let socket = root.path().join("wlan0");
        fs::write(&socket, "").unwrap();
        let manager = Some(ManagerKind::NetworkManager);
        for supplicant in [
            Supplicant::Needless,
            Supplicant::Ours,
            Supplicant::Iwd,
            Supplicant::Any(socket),
        ] {
            let owner = |running: ActiveManagers| running.owner(root.path(), CARD, &supplicant);
            note(root.path(), "[device]\nmanaged=true\n");
            assert_eq!(owner(all_but(None)), manager, "{supplicant:?}");
            assert_ne!(owner(all_but(manager)), manager, "{supplicant:?}");
            // It writes no note about interfaces that its configuration excludes.
            for text in ["[device]\nmanaged=false\n", "[device]\n"] {
                note(root.path(), text);
                assert_ne!(owner(all_but(None)), manager, "{supplicant:?} {text}");
            }
        }
    }

    #[test]
    fn iwd_owns_card_without_wpa_supplicant_socket() {
        let root = tempfile::tempdir().unwrap();
        let socket = root.path().join("wlan0");
        let mut iwd = ActiveManagers::default();
        iwd.set(ManagerKind::Iwd, true);
        let owner =
            |running: &ActiveManagers, supplicant| running.owner(root.path(), CARD, &supplicant);
        let any = || Supplicant::Any(socket.clone());
        let none = ActiveManagers::default();
        for driven in [None, Some(BTreeSet::from([5, CARD.1]))] {
            iwd.driven_by_iwd = driven;
            for supplicant in [any(), Supplicant::Iwd] {
                assert_eq!(owner(&iwd, supplicant.clone()), Some(ManagerKind::Iwd));
                assert_eq!(owner(&none, supplicant), None);
            }
            assert_eq!(owner(&iwd, Supplicant::Ours), None);
            assert_eq!(owner(&iwd, Supplicant::Needless), None);
        }
        for driven in [BTreeSet::from([5]), BTreeSet::new()] {
            let others = ActiveManagers {
                driven_by_iwd: Some(driven),
                ..iwd.clone()
            };
            assert_eq!(owner(&others, any()), None, "iwd has no object for it");
            assert_eq!(owner(&others, Supplicant::Iwd), None);
        }
        fs::write(&socket, "").unwrap();
        assert_eq!(owner(&iwd, any()), None);
        assert_eq!(owner(&iwd, Supplicant::Iwd), Some(ManagerKind::Iwd));
    }

    #[test]
    fn connman_owns_every_interface_that_is_not_excluded() {
        let root = tempfile::tempdir().unwrap();
        let mut connman = ActiveManagers::default();
        connman.set(ManagerKind::ConnMan, true);
        let any = Supplicant::Any(root.path().join("wlan0"));
        let owner = |supplicant| connman.owner(root.path(), CARD, supplicant);
        assert_eq!(owner(&any), Some(ManagerKind::ConnMan));
        assert_eq!(owner(&Supplicant::Needless), Some(ManagerKind::ConnMan));
        assert_eq!(owner(&Supplicant::Ours), None);
        fs::create_dir_all(root.path().join("etc/connman")).unwrap();
        for (line, has) in [
            ("NetworkInterfaceBlacklist=vmnet,vboxnet", true),
            ("#NetworkInterfaceBlacklist=wlan", true),
            ("NetworkInterfaceBlacklist = vmnet, wlan", false),
            ("NetworkInterfaceBlacklist=,", true),
            ("NetworkInterfaceBlacklist=wlan0", false),
            ("NetworkInterfaceBlacklist=wlan01", true),
        ] {
            let text = format!("[General]\nPreferredTechnologies=wifi\n{line}\n");
            fs::write(root.path().join("etc/connman/main.conf"), text).unwrap();
            assert_eq!(owner(&any).is_some(), has, "{line}");
        }
    }
}
