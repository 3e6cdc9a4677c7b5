//! What users ask of interfaces: a scan, another mask, a pause and its end.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Daemon;
use super::machine::Machine;
use super::managed::{ManagedInterface, ScanReport};
use crate::protocol::{
    Answer, Effect, Fault, FaultKind, PauseRefusal, Paused, Reply, Rotated, Scanned,
};
use macveil_core::address::{AddressPolicies, NetworkFacts, Policy};
use macveil_core::machine::{Command, Event, Rotation, StateKind, UnsupportedReason};
use macveil_core::types::Ssid;

/// Scans that a client waits for.
#[derive(Debug)]
pub(super) struct PendingScans {
    waiting: Vec<u32>,
    scanned: Vec<Scanned>,
    answer: oneshot::Sender<Answer>,
}

impl Daemon {
    /// The interfaces of a request: the named one, or all.
    fn selected(&self, name: Option<&String>) -> Result<Vec<u32>, Fault> {
        let stations = self.interfaces.managed.iter();
        let meant = stations.filter(|(_, managed)| name.is_none_or(|name| managed.name() == name));
        let meant: Vec<_> = meant.map(|(&ifindex, _)| ifindex).collect();
        match name {
            Some(name) if meant.is_empty() => {
                let message = format!("macveil manages no interface `{name}`");
                Err(Fault::new(FaultKind::NoInterface, message))
            }
            _ => Ok(meant),
        }
    }

    /// The Wi-Fi interfaces of a request; other interfaces only if they are named.
    fn selected_radios(&self, name: Option<&String>) -> Result<Vec<u32>, Fault> {
        let mut meant = self.selected(name)?;
        meant.retain(|ifindex| {
            let is_wire = self
                .interfaces
                .managed
                .get(ifindex)
                .is_some_and(|it| it.is_wire());
            name.is_some() || !is_wire
        });
        Ok(meant)
    }

    /// Has interfaces scan; the answer is given when the last scan is over.
    pub(super) fn look(&mut self, name: Option<&String>, answer: oneshot::Sender<Answer>) {
        let meant = match self.selected_radios(name) {
            Ok(meant) => meant,
            // The client may have disconnected.
            Err(fault) => return drop(answer.send(Err(fault))),
        };
        self.control.scans.push(PendingScans {
            waiting: meant.clone(),
            scanned: Vec::new(),
            answer,
        });
        for ifindex in meant {
            let machine = self.interfaces.managed.get(&ifindex).map(|it| it.machine());
            let unsupported = match machine {
                Some(Machine::Ethernet(_)) => Some(UnsupportedReason::Ethernet),
                #[cfg(feature = "dbus")]
                Some(Machine::Iwd(_)) => Some(UnsupportedReason::Iwd),
                Some(Machine::Wpa(_)) | None => None,
            };
            if let Some(reason) = unsupported {
                self.looked(ifindex, &ScanReport::unsupported(reason));
            } else {
                self.dispatch(ifindex, Event::Command(Command::Scan));
            }
        }
        self.finish_looks();
    }

    /// A scan is over.
    pub(super) fn looked(&mut self, ifindex: u32, looked: &ScanReport) {
        let name = self
            .interfaces
            .managed
            .get(&ifindex)
            .map_or("", |it| it.name());
        for looks in &mut self.control.scans {
            looks.end(ifindex, name, looked);
        }
    }

    /// Answers those who have everything that they waited for.
    pub(super) fn finish_looks(&mut self) {
        for looks in &mut self.control.scans {
            let gone = looks.waiting.iter().copied();
            let gone: Vec<_> = gone
                .filter(|ifindex| !self.interfaces.managed.contains_key(ifindex))
                .collect();
            for ifindex in gone {
                let reason = UnsupportedReason::Released;
                looks.end(ifindex, "", &ScanReport::unsupported(reason));
            }
        }
        for looks in self
            .control
            .scans
            .extract_if(.., |looks| looks.waiting.is_empty())
        {
            // The client may have disconnected.
            let interfaces = looks.scanned;
            drop(looks.answer.send(Ok(Reply::Scanned { interfaces })));
        }
    }

    pub(super) fn pause(&mut self, name: Option<&String>, for_ms: Option<u64>) -> Answer {
        let span = for_ms.map(Duration::from_millis);
        let interfaces = self.command(name, &Command::Pause { span })?;
        Ok(Reply::Paused { interfaces })
    }

    pub(super) fn resume(&mut self, name: Option<&String>) -> Answer {
        let interfaces = self.command(name, &Command::Unpause)?;
        Ok(Reply::Resumed { interfaces })
    }

    fn command(&mut self, name: Option<&String>, command: &Command) -> Result<Vec<Paused>, Fault> {
        let mut all = Vec::new();
        for ifindex in self.selected_radios(name)? {
            let managed = self.interfaces.managed.get(&ifindex);
            let refused = managed.and_then(|managed| refused(managed, command));
            if refused.is_none() {
                self.dispatch(ifindex, Event::Command(command.clone()));
            }
            if let Some(managed) = self.interfaces.managed.get(&ifindex) {
                let status = managed.machine_status();
                all.push(Paused {
                    interface: managed.name().to_owned(),
                    state: status.state,
                    ssid: status.network,
                    refused,
                });
            }
        }
        Ok(all)
    }

    pub(super) fn rotate(&mut self, name: Option<&String>) -> Answer {
        let all = self.selected(name)?.into_iter();
        let interfaces = all.filter_map(|ifindex| self.rotate_one(ifindex));
        Ok(Reply::Rotated {
            interfaces: interfaces.collect(),
        })
    }

    fn rotate_one(&mut self, ifindex: u32) -> Option<Rotated> {
        let managed = self.interfaces.managed.get(&ifindex)?;
        let policies = self.environment.config.address_policies(
            &managed.device(),
            std::sync::Arc::clone(&self.environment.host),
        );
        let (mask, ssid) = (managed.rotation(), managed.machine_status().network);
        let (policy, address) = match (&ssid, managed.is_wire()) {
            (None, true) => of_policy(&policies, &NetworkFacts::default(), mask),
            (None, false) => (None, Effect::None),
            (Some(ssid), _) => of_policy(&policies, &NetworkFacts::new(ssid), mask),
        };
        let rotated = Rotated {
            interface: managed.name().to_owned(),
            mask,
            policy,
            address,
            ssid: ssid.clone(),
        };
        self.dispatch(ifindex, Event::Command(Command::Rotate));
        if let Some(ssid) = ssid.filter(|ssid| is_periodic(&policies, ssid)) {
            let record = self.environment.history.renewed(&ssid);
            self.remember(None, ssid, record);
        }
        Some(rotated)
    }
}

impl PendingScans {
    fn end(&mut self, ifindex: u32, name: &str, looked: &ScanReport) {
        let before = self.waiting.len();
        self.waiting.retain(|&waiting| waiting != ifindex);
        if self.waiting.len() < before {
            self.scanned.push(Scanned {
                interface: name.to_owned(),
                mask: looked.mask,
                passive: looked.passive,
                refused: looked.found.as_ref().err().cloned(),
                heard: looked.found.clone().unwrap_or_default(),
            });
        }
    }
}

fn refused(managed: &ManagedInterface, command: &Command) -> Option<PauseRefusal> {
    match managed.machine() {
        Machine::Ethernet(_) => Some(PauseRefusal::Ethernet),
        #[cfg(feature = "dbus")]
        Machine::Iwd(_) => Some(PauseRefusal::Iwd),
        Machine::Wpa(_) => match command {
            Command::Unpause if !managed.is_paused() => Some(PauseRefusal::NotPaused),
            _ if managed.state() == StateKind::Unprotected => Some(PauseRefusal::Unprotected),
            _ => None,
        },
    }
}

/// When the address of a network that is in use changes, and by which policy.
fn of_policy(
    policies: &AddressPolicies,
    network: &NetworkFacts<'_>,
    rotation: Rotation,
) -> (Option<Policy>, Effect) {
    let Ok(resolved) = policies.resolve(network) else {
        return (None, Effect::Unknown);
    };
    let policy = resolved.policy.value;
    let effect = match policy {
        Policy::Random if network.ssid.is_none() && rotation == Rotation::Now => Effect::Now,
        Policy::Random => Effect::NextAssociation,
        _ if network.ssid.is_some() && resolved.is_periodic() => Effect::NextAssociation,
        Policy::Permanent
        | Policy::Preserve
        | Policy::Explicit(_)
        | Policy::Stable
        | Policy::StableSsid => Effect::None,
    };
    (Some(policy), effect)
}

fn is_periodic(policies: &AddressPolicies, ssid: &Ssid) -> bool {
    let resolved = policies.resolve(&NetworkFacts::new(ssid));
    resolved.is_ok_and(|resolved| resolved.is_periodic())
}
