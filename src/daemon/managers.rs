//! Interfaces that other programs drive: left alone, and taken in hand once they let go.

use std::path::{Path, PathBuf};

use tracing::warn;

use super::{Daemon, Error};
use crate::platform::managers::{InstanceLock, ManagerWatch, Supplicant, claim};
use crate::protocol::Backend;
use crate::words;
use macveil_core::machine::{Command, Event};
use macveil_core::types::{DeviceKind, ManagerKind};

const ROOT: &str = "/";

pub(super) fn listen() -> ManagerWatch {
    ManagerWatch::new(PathBuf::from(ROOT))
}

/// Held for as long as this daemon lives, so that it stays the only one.
pub(super) fn be_alone() -> Result<Option<InstanceLock>, Error> {
    match claim() {
        Ok(InstanceLock::Runs) => Err(Error::InstanceLock),
        Ok(InstanceLock::Imposter) => {
            warn!("another user's process holds macveil's lock: cannot detect a second instance");
            Ok(None)
        }
        Ok(alone) => Ok(Some(alone)),
        Err(error) => {
            warn!("cannot detect whether another macveil runs: {error}");
            Ok(None)
        }
    }
}

impl Daemon {
    /// Whether another program controls the interface; it is logged once.
    pub(super) fn is_left(&mut self, name: &str, ifindex: u32, kind: DeviceKind) -> bool {
        self.backend_for(name, ifindex, kind).is_none()
    }

    /// The backend for the interface; `None` if another program controls it, which is logged once.
    pub(super) fn backend_for(
        &mut self,
        name: &str,
        ifindex: u32,
        kind: DeviceKind,
    ) -> Option<Backend> {
        let config = &self.environment.config;
        let supplicant = Supplicant::configured(config.backend, &config.ctrl_interface, name, kind);
        let owner = self
            .managers
            .active
            .owner(Path::new(ROOT), (name, ifindex), &supplicant);
        let known = self
            .managers
            .reported
            .iter()
            .position(|left| left.0 == ifindex);
        let before = known.map(|known| self.managers.reported.swap_remove(known).1);
        let owner = match owner {
            None => return Some(Backend::WpaSupplicant),
            Some(ManagerKind::Iwd) if cfg!(feature = "dbus") => return Some(Backend::Iwd),
            Some(manager) => manager,
        };
        self.managers.reported.push((ifindex, owner));
        if before != Some(owner) {
            warn!(
                "{name}: not managed, unprotected: controlled by {}; see docs/coexistence.md",
                words::manager(owner, name)
            );
        }
        None
    }

    /// Who has the interface instead of macveil.
    pub(super) fn managed_by(&self, ifindex: u32) -> Option<ManagerKind> {
        let mut reported = self.managers.reported.iter();
        Some(reported.find(|left| left.0 == ifindex)?.1)
    }

    /// Lets go of what others drive now, and takes what they drive no longer.
    pub(super) fn recheck_managers(&mut self) -> Result<(), Error> {
        let managed = self.interfaces.managed.iter().map(|(&ifindex, managed)| {
            let kind = managed.device().kind;
            (ifindex, managed.name().to_owned(), kind, managed.backend())
        });
        for (ifindex, name, kind, backend) in managed.collect::<Vec<_>>() {
            if self.backend_for(&name, ifindex, kind) != Some(backend) {
                self.dispatch(ifindex, Event::Command(Command::Yield));
            }
        }
        if self.shutting_down {
            return Ok(());
        }
        self.manage_all()
    }
}
