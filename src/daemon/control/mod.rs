//! The control socket: the server, and what each request does.

mod server;
mod socket;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use super::history::MAX_REQUESTED;
use super::managed::ManagedInterface;
use super::{Daemon, Error};
use crate::config::{Errors, Problem};
use crate::log::LoggedSsid;
use crate::platform::Group;
use crate::protocol::{
    Affected, Answer, Effect, Fault, FaultKind, Interface, Mistake, Reply, Request, socket_path,
};
use macveil_core::address::{NetworkFacts, Policy};
use macveil_core::machine::{Command, Event};
use macveil_core::types::DeviceKind;
use macveil_core::types::Ssid;
pub(super) use server::{PendingRequest, Server};

/// One request of each client.
const MAX_PENDING_REQUESTS: usize = 8;

/// The socket. Without it, macveil protects interfaces all the same.
pub(super) fn open(
    runtime_dir: &Path,
    group: Option<&str>,
) -> (Option<Server>, mpsc::Receiver<PendingRequest>) {
    let (sender, asked) = mpsc::channel(MAX_PENDING_REQUESTS);
    let path = socket_path(runtime_dir);
    let server = Server::start(&path, find(group).map(|group| group.id), sender);
    if let Err(error) = &server {
        let hint = match error.kind() {
            ErrorKind::PermissionDenied => {
                "; a daemon that is not root must be a member of control-group"
            }
            _ => "",
        };
        warn!(
            "cannot open the control socket {}: {error}{hint}",
            path.display()
        );
    }
    (server.ok(), asked)
}

fn find(group: Option<&str>) -> Option<Group> {
    let found = Group::find(group?);
    if let Err(error) = &found {
        warn!("control-group: {error}; only root can use the control socket");
    }
    found.ok()
}

impl Daemon {
    pub(super) fn answer(
        &mut self,
        PendingRequest { request, answer }: PendingRequest,
    ) -> Result<(), Error> {
        if let (Request::Scan { interface }, false) = (&request, self.shutting_down) {
            self.look(interface.as_ref(), answer);
            return Ok(());
        }
        let reply = if self.shutting_down {
            Err(Fault::new(
                FaultKind::ShuttingDown,
                "macveil is shutting down",
            ))
        } else {
            self.reply(&request)?
        };
        // The client may have disconnected.
        let _ = answer.send(reply);
        Ok(())
    }

    fn reply(&mut self, request: &Request) -> Result<Answer, Error> {
        Ok(match request {
            Request::Interfaces => Ok(Reply::Interfaces {
                interfaces: self.known_interfaces(),
            }),
            Request::Status => Ok(Reply::Status {
                interfaces: self.status(),
                problems: self.environment.problems.all(),
            }),
            Request::Reload => match self.reload()? {
                Ok(()) => Ok(Reply::Reloaded {
                    files: self
                        .environment
                        .config
                        .files
                        .iter()
                        .map(ToString::to_string)
                        .collect(),
                    warnings: self
                        .environment
                        .config
                        .warnings
                        .iter()
                        .map(ToString::to_string)
                        .collect(),
                }),
                Err(errors) => Err(Fault::from(&errors)),
            },
            Request::Reroll { ssid, now, undo } => self.reroll(ssid, *now, *undo),
            Request::Rejoin { ssid } => Ok(self.rejoin(ssid)),
            Request::Rotate { interface } => self.rotate(interface.as_ref()),
            Request::Pause { interface, for_ms } => self.pause(interface.as_ref(), *for_ms),
            Request::Resume { interface } => self.resume(interface.as_ref()),
            Request::Events { interface } => Ok(self.followed(interface.as_ref())),
            // Answered when the scan is over.
            Request::Scan { .. } => Ok(Reply::Scanned {
                interfaces: Vec::new(),
            }),
        })
    }

    /// The interfaces that macveil manages or could manage.
    pub(super) fn known_interfaces(&mut self) -> Vec<Interface> {
        let mut interfaces = BTreeMap::new();
        for card in self.kernel.stations().unwrap_or_default() {
            let interface = Interface {
                name: card.name,
                ifindex: card.ifindex,
                kind: DeviceKind::Wifi,
                address: card.initial,
                state: None,
            };
            interfaces.insert(card.ifindex, Box::new(interface));
        }
        let ports = self
            .kernel
            .ethernet_devices()
            .unwrap_or_default()
            .into_iter();
        for port in ports.filter(|port| port.physical) {
            let interface = Interface {
                name: port.name,
                ifindex: port.ifindex,
                kind: DeviceKind::Ethernet,
                address: port.initial,
                state: None,
            };
            interfaces.insert(port.ifindex, Box::new(interface));
        }
        for (&ifindex, held) in &self.interfaces.held {
            let address = interfaces.get(&ifindex).map(|known| known.address);
            let mut interface = held.interface();
            interface.address = address.unwrap_or(interface.address);
            interfaces.insert(ifindex, Box::new(interface));
        }
        for (&ifindex, managed) in &self.interfaces.managed {
            interfaces.insert(ifindex, Box::new(managed.interface()));
        }
        interfaces
            .into_values()
            .map(|interface| *interface)
            .collect()
    }

    /// Applies `control-group` of a new configuration.
    pub(super) fn admit(&self) {
        if Group::is_denied() {
            debug!(
                "control-group: {} was replaced: it is read again by a restart",
                "/etc/group"
            );
            return;
        }
        let group = find(self.environment.config.control_group.as_deref());
        let admitted = self
            .control
            .server
            .as_ref()
            .map(|control| control.admit(group.as_ref().map(|group| group.id)));
        if let Some(Err(error)) = admitted {
            warn!(
                "control-group: {error}; only root can use the control socket until macveil is restarted"
            );
        }
    }
}

/// What the policies are, and what comes of a request about a network.
impl Daemon {
    fn reroll(&mut self, ssid: &Ssid, now: bool, undo: bool) -> Answer {
        if !self.environment.history.has_room_for(ssid) {
            let message = format!(
                "the addresses of {MAX_REQUESTED} networks were renewed: no more networks that macveil has not joined; remove `history` in the state directory to forget all renewals"
            );
            return Err(Fault::new(FaultKind::TooManyNetworks, message));
        }
        let history = &self.environment.history;
        let record = if undo {
            history.restored(ssid)
        } else {
            Some(history.renewed(ssid))
        };
        let interfaces = self.affected(ssid, |policy, connected| match policy {
            _ if record.is_none() => Effect::None,
            Ok(Policy::Permanent | Policy::Preserve | Policy::Explicit(_)) => Effect::None,
            Ok(Policy::Random | Policy::Stable | Policy::StableSsid) if connected && now => {
                Effect::Now
            }
            Ok(Policy::Random | Policy::Stable | Policy::StableSsid) => Effect::NextAssociation,
            Err(_) => Effect::Unknown,
        });
        if let Some(record) = record
            && interfaces.iter().any(|it| it.effect != Effect::None)
        {
            let which = if undo { "previous" } else { "new" };
            info!(
                "{}: {which} address from the next association on, as requested",
                LoggedSsid(ssid)
            );
            self.remember(None, ssid.clone(), record);
        }
        self.rejoin_where(&interfaces, ssid);
        Ok(Reply::Rerolled {
            ssid: ssid.clone(),
            interfaces,
        })
    }

    fn rejoin(&mut self, ssid: &Ssid) -> Reply {
        let interfaces = self.affected(ssid, |_, connected| {
            if connected {
                Effect::Now
            } else {
                Effect::NextAssociation
            }
        });
        self.rejoin_where(&interfaces, ssid);
        Reply::Rejoined {
            ssid: ssid.clone(),
            interfaces,
        }
    }

    fn affected(
        &self,
        ssid: &Ssid,
        effect: impl Fn(&Result<Policy, String>, bool) -> Effect,
    ) -> Vec<Affected> {
        let stations = self
            .interfaces
            .managed
            .values()
            .filter(|managed| !managed.is_wire());
        let affected = stations.map(|managed| {
            let policies = self
                .environment
                .config
                .address_policies(&managed.device(), Arc::clone(&self.environment.host));
            let policy = policies.policy(&NetworkFacts::new(ssid));
            let policy = policy.map_err(|error| error.to_string());
            let connected = managed.is_connected_to(ssid);
            // What ends in a pause is not made again.
            let can_reconnect = connected && !managed.is_paused();
            Affected {
                interface: managed.name().to_owned(),
                effect: effect(&policy, can_reconnect),
                undetermined: policy.as_ref().err().cloned(),
                policy: policy.ok(),
                connected,
            }
        });
        affected.collect()
    }

    /// Reconnects with the network's new address at once, if requested.
    fn rejoin_where(&mut self, interfaces: &[Affected], ssid: &Ssid) {
        let at_once = |managed: &ManagedInterface| {
            let mut interfaces = interfaces.iter();
            interfaces.any(|it| it.effect == Effect::Now && it.interface == managed.name())
        };
        let stations = self.interfaces.managed.iter();
        let chosen: Vec<_> = stations
            .filter(|(_, managed)| at_once(managed))
            .map(|(&ifindex, _)| ifindex)
            .collect();
        for ifindex in chosen {
            self.dispatch(ifindex, Event::Command(Command::Rejoin(ssid.clone())));
        }
    }
}

impl From<&Errors> for Fault {
    fn from(errors: &Errors) -> Self {
        Self {
            mistakes: errors.problems().iter().map(Mistake::from).collect(),
            ..Self::new(FaultKind::Configuration, errors)
        }
    }
}

impl From<&Problem> for Mistake {
    fn from(problem: &Problem) -> Self {
        let position = problem.position();
        let number = |number| u64::try_from(number).unwrap_or(u64::MAX);
        Self {
            file: problem.file().to_owned(),
            line: position.map(|it| number(it.line)),
            column: position.map(|it| number(it.column)),
            message: problem.message().to_owned(),
            meant: problem.hint().map(str::to_owned),
        }
    }
}
