//! The status of interfaces, for clients.

use super::managed::ManagedInterface;
use super::{Daemon, clock};
use crate::protocol::{InterfaceStatus, Status};
use macveil_core::machine::Time;

impl Daemon {
    pub(super) fn status(&mut self) -> Vec<Status> {
        let interfaces = self.known_interfaces().into_iter();
        let status = interfaces.map(|interface| {
            if let Some(held) = self.interfaces.held.get(&interface.ifindex) {
                return held.status(interface);
            }
            let managed = self.interfaces.managed.get(&interface.ifindex);
            let details = managed.map(|it| details_of(it));
            let managed_by = self.managed_by(interface.ifindex);
            Status {
                managed_by: managed_by.filter(|_| details.is_none()),
                interface,
                details,
            }
        });
        status.collect()
    }
}

impl ManagedInterface {
    pub(super) fn status(&self) -> Status {
        Status {
            interface: self.interface(),
            managed_by: None,
            details: Some(details_of(self)),
        }
    }
}

fn details_of(managed: &ManagedInterface) -> InterfaceStatus {
    let now = clock::now().boot;
    let since = |moment: Time| milliseconds(now.saturating_sub(moment));
    let until = |moment: Time| milliseconds(moment.saturating_sub(now));
    let device = managed.device();
    let status = managed.machine_status();
    let method = status.method;
    InterfaceStatus {
        driver: device.driver.to_owned(),
        backend: managed.connected_backend(),
        up: status.link.up,
        state_ms: since(status.state_since),
        address_kind: status.address_kind,
        permanent: device.permanent == Some(status.link.address),
        address_ms: since(status.address_since),
        next_change: status.next_change,
        ssid: status.network,
        paused: status.pause.is_some(),
        pause_ms: status.pause.and_then(|pause| pause.until).map(until),
        method: method.map(|(method, _)| method),
        method_reason: method.map(|(_, reason)| reason),
        problem: status.problem,
        retry_ms: status.retry_at.map(until),
        limitations: status.limitations,
        counters: status.counters,
    }
}

fn milliseconds(span: Time) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
