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

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use crate::config::{Backend, Kind};
#[cfg(feature = "dbus")]
pub use bus::Watch;
pub use instance_lock::{InstanceLock, claim, runs as another_runs};
pub use network_manager::{Management, NOTES, network_manager};
#[cfg(not(feature = "dbus"))]
pub use no_bus::Watch;

/// A program that drives interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rival {
    /// `NetworkManager`.
    NetworkManager,
    /// `ConnMan`.
    ConnMan,
    /// iwd.
    Iwd,
}

impl Rival {
    #[cfg(any(test, feature = "dbus"))]
    const ALL: [Self; 3] = [Self::NetworkManager, Self::ConnMan, Self::Iwd];

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Its name on the system bus, which only programs that root has allowed to can own.
    #[cfg(feature = "dbus")]
    const fn bus_name(self) -> &'static str {
        match self {
            Self::NetworkManager => "org.freedesktop.NetworkManager",
            Self::ConnMan => "net.connman",
            Self::Iwd => "net.connman.iwd",
        }
    }

    /// Who it is, and what to do for macveil to have the interface, which is `IFACE` here.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NetworkManager => {
                "NetworkManager, until it is told `nmcli device set IFACE managed no` or, for good, unmanaged-devices=interface-name:IFACE"
            }
            Self::ConnMan => "ConnMan, until it is told NetworkInterfaceBlacklist=IFACE",
            Self::Iwd => "iwd, which this macveil cannot work with: use wpa_supplicant instead",
        }
    }
}

/// Which of them are running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Running(u8);

/// A bus that takes longer to reply, as during boot, is no help to network managers either.
const DETECTION_TIMEOUT: Duration = Duration::from_millis(500);

impl Watch {
    /// Returns which network managers run now; none if the bus does not reply in time.
    pub async fn first(&mut self) -> Running {
        let first = timeout(DETECTION_TIMEOUT, self.next()).await;
        first.unwrap_or_default()
    }
}

/// Which supplicant the configuration allows for an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supplicant {
    /// It is a wire.
    Needless,
    /// As the user decided, none but what macveil works with.
    Ours,
    /// As the user decided, iwd.
    Iwd,
    /// `wpa_supplicant` if it has a control socket there, and iwd otherwise.
    Any(PathBuf),
}

impl Supplicant {
    /// What `backend` and `ctrl-interface` of the configuration mean for an interface.
    #[must_use]
    pub fn configured(backend: Backend, ctrl_interface: &Path, name: &str, kind: Kind) -> Self {
        match backend {
            _ if kind != Kind::Wifi => Self::Needless,
            Backend::WpaSupplicant | Backend::None => Self::Ours,
            Backend::Iwd => Self::Iwd,
            Backend::Auto => Self::Any(ctrl_interface.join(name)),
        }
    }
}

impl Running {
    #[cfg(any(test, feature = "dbus"))]
    fn set(&mut self, rival: Rival, runs: bool) {
        if runs {
            self.0 |= rival.bit();
        } else {
            self.0 &= !rival.bit();
        }
    }

    const fn has(self, rival: Rival) -> bool {
        self.0 & rival.bit() != 0
    }

    /// Whose an interface is, if it is not macveil's. `root` is `/` but in tests.
    #[must_use]
    pub fn owner(
        self,
        root: &Path,
        (name, ifindex): (&str, u32),
        supplicant: &Supplicant,
    ) -> Option<Rival> {
        let managed = || network_manager::noted(root, ifindex) == Management::Yes;
        if self.has(Rival::NetworkManager) && managed() {
            return Some(Rival::NetworkManager);
        }
        let connman = self.has(Rival::ConnMan) && !connman::keeps_off(root, name);
        match supplicant {
            Supplicant::Ours => None,
            Supplicant::Iwd => Some(Rival::Iwd),
            _ if connman => Some(Rival::ConnMan),
            Supplicant::Any(socket) if self.has(Rival::Iwd) && !socket.exists() => Some(Rival::Iwd),
            Supplicant::Any(_) | Supplicant::Needless => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const CARD: (&str, u32) = ("wlan0", 7);

    fn all_but(absent: Option<Rival>) -> Running {
        let mut running = Running::default();
        for rival in Rival::ALL {
            running.set(rival, Some(rival) != absent);
        }
        running
    }

    fn note(root: &Path, text: &str) {
        fs::create_dir_all(root.join(NOTES)).unwrap();
        fs::write(root.join(NOTES).join("7"), text).unwrap();
    }

    #[test]
    fn network_manager_has_what_it_notes_while_it_runs_whatever_else_is_said() {
        let root = tempfile::tempdir().unwrap();
        note(root.path(), "[device]\nmanaged=true\n");
        let socket = root.path().join("wlan0");
        fs::write(&socket, "").unwrap();
        let manager = Some(Rival::NetworkManager);
        for supplicant in [
            Supplicant::Needless,
            Supplicant::Ours,
            Supplicant::Iwd,
            Supplicant::Any(socket),
        ] {
            let owner = |running: Running| running.owner(root.path(), CARD, &supplicant);
            note(root.path(), "[device]\nmanaged=true\n");
            assert_eq!(owner(all_but(None)), manager, "{supplicant:?}");
            assert_ne!(owner(all_but(manager)), manager, "{supplicant:?}");
            // Nothing is noted of what its configuration keeps it off.
            for text in ["[device]\nmanaged=false\n", "[device]\n"] {
                note(root.path(), text);
                assert_ne!(owner(all_but(None)), manager, "{supplicant:?} {text}");
            }
        }
    }

    #[test]
    fn iwd_has_what_no_wpa_supplicant_has_unless_the_user_says_otherwise() {
        let root = tempfile::tempdir().unwrap();
        let socket = root.path().join("wlan0");
        let mut iwd = Running::default();
        iwd.set(Rival::Iwd, true);
        let owner = |running: Running, supplicant| running.owner(root.path(), CARD, &supplicant);
        let any = || Supplicant::Any(socket.clone());
        assert_eq!(owner(iwd, any()), Some(Rival::Iwd));
        assert_eq!(owner(Running::default(), any()), None);
        assert_eq!(owner(iwd, Supplicant::Ours), None);
        assert_eq!(owner(iwd, Supplicant::Needless), None);
        let nobody = Running::default();
        assert_eq!(owner(nobody, Supplicant::Iwd), Some(Rival::Iwd));
        fs::write(&socket, "").unwrap();
        assert_eq!(owner(iwd, any()), None);
    }

    #[test]
    fn connman_has_every_interface_that_it_is_not_kept_off() {
        let root = tempfile::tempdir().unwrap();
        let mut connman = Running::default();
        connman.set(Rival::ConnMan, true);
        let any = Supplicant::Any(root.path().join("wlan0"));
        let owner = |supplicant| connman.owner(root.path(), CARD, supplicant);
        assert_eq!(owner(&any), Some(Rival::ConnMan));
        assert_eq!(owner(&Supplicant::Needless), Some(Rival::ConnMan));
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
