//! How the interfaces are doing, as the control socket tells it.

use super::managed::ManagedInterface;
use super::{Daemon, clock, words};
use crate::protocol::{Care, Status};
use macveil_core::machine::Time;

impl Daemon {
    pub(super) fn status(&mut self) -> Vec<Status> {
        let interfaces = self.known_interfaces().into_iter();
        let status = interfaces.map(|interface| {
            let care = self.stations.get(&interface.ifindex);
            let care = care.map(care_of);
            let left_to = self.left_to(&interface.name, interface.ifindex);
            Status {
                left_to: left_to.filter(|_| care.is_none()),
                interface,
                care,
            }
        });
        status.collect()
    }
}

impl ManagedInterface {
    pub(super) fn status(&self) -> Status {
        Status {
            interface: self.interface(),
            left_to: None,
            care: Some(care_of(self)),
        }
    }
}

fn care_of(managed: &ManagedInterface) -> Care {
    let now = clock::now().boot;
    let since = |moment: Time| milliseconds(now.saturating_sub(moment));
    let until = |moment: Time| milliseconds(moment.saturating_sub(now));
    let device = managed.device();
    let status = managed.machine_status();
    let limitations = status.limitations.iter();
    Care {
        driver: device.driver.to_owned(),
        backend: managed.backend().map(str::to_owned),
        up: status.link.up,
        state_ms: since(status.state_since),
        address_kind: status.address_kind,
        permanent: device.permanent == Some(status.link.address),
        address_ms: since(status.address_since),
        next_change: words::next_change(status.next_change).to_owned(),
        ssid: status.network,
        paused: status.pause.is_some(),
        pause_ms: status.pause.and_then(|pause| pause.until).map(until),
        method: status
            .method
            .map(|(method, reason)| (method, words::method_reason(reason).to_owned())),
        trouble: status.problem,
        retry_ms: status.retry_at.map(until),
        unkept: limitations.map(words::limitation).collect(),
        counters: status.counters,
    }
}

fn milliseconds(span: Time) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
