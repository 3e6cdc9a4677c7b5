//! How the interfaces are doing, as the control socket tells it.

use super::machine::Machine;
use super::managed::ManagedInterface;
use super::{Daemon, clock};
use crate::protocol::{Care, Status};
use macveil_core::machine::{AddressKind, Counters, IwdMachine, Method, Station, Time, Wire};

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
    let care = match managed.machine() {
        Machine::Station(station) => care_of_station(station, now),
        Machine::Wire(wire) => care_of_wire(wire, now),
        Machine::Iwd(station) => care_of_iwd(station, now),
    };
    Care {
        backend: managed.backend().map(str::to_owned),
        ..care
    }
}

fn care_of_iwd(station: &IwdMachine, now: Time) -> Care {
    let card = station.card();
    let snapshot = station.snapshot();
    let masks = (Method::Powered, "while iwd is at rest".to_owned());
    Care {
        driver: card.driver.clone(),
        backend: None,
        up: snapshot.link.up,
        state_ms: milliseconds(now.saturating_sub(snapshot.state_since)),
        address_kind: snapshot.address_kind,
        permanent: card.permanent == Some(snapshot.link.address),
        address_ms: milliseconds(now.saturating_sub(snapshot.address_since)),
        next_change: snapshot.next_change.to_owned(),
        ssid: snapshot.network,
        paused: false,
        pause_ms: None,
        method: snapshot.masks.then_some(masks),
        trouble: snapshot.trouble,
        retry_ms: snapshot
            .retry_at
            .map(|at| milliseconds(at.saturating_sub(now))),
        unkept: snapshot.unkept,
        counters: snapshot.counters,
    }
}

fn care_of_station(station: &Station, now: Time) -> Care {
    let card = station.card();
    let snapshot = station.snapshot();
    Care {
        driver: card.driver.clone(),
        backend: None,
        up: snapshot.link.up,
        state_ms: milliseconds(now.saturating_sub(snapshot.state_since)),
        address_kind: snapshot.address_kind,
        permanent: card.permanent == Some(snapshot.link.address),
        address_ms: milliseconds(now.saturating_sub(snapshot.address_since)),
        next_change: snapshot.next_change.to_owned(),
        ssid: snapshot.network,
        paused: snapshot.pause.is_some(),
        pause_ms: snapshot
            .pause
            .and_then(|pause| pause.until)
            .map(|end| milliseconds(end.saturating_sub(now))),
        method: Some((snapshot.method, snapshot.method_reason.to_owned())),
        trouble: snapshot.trouble,
        retry_ms: snapshot
            .retry_at
            .map(|at| milliseconds(at.saturating_sub(now))),
        unkept: snapshot.unkept,
        counters: snapshot.counters,
    }
}

fn care_of_wire(wire: &Wire, now: Time) -> Care {
    let port = wire.port();
    let snapshot = wire.snapshot();
    let address = Some(snapshot.link.address);
    Care {
        driver: port.driver.clone(),
        backend: None,
        up: snapshot.link.up,
        state_ms: milliseconds(now.saturating_sub(snapshot.state_since)),
        address_kind: if address == snapshot.assigned {
            AddressKind::Assigned
        } else if address == port.permanent {
            AddressKind::Permanent
        } else {
            AddressKind::Other
        },
        permanent: address == port.permanent,
        address_ms: milliseconds(now.saturating_sub(snapshot.address_since)),
        next_change: "while there is no carrier, if the configuration says so".to_owned(),
        ssid: None,
        method: None,
        retry_ms: snapshot
            .retry_at
            .map(|at| milliseconds(at.saturating_sub(now))),
        trouble: snapshot.trouble,
        paused: false,
        pause_ms: None,
        unkept: Vec::new(),
        counters: Counters {
            holds_in_a_row: snapshot.holds_in_a_row,
            ..Counters::default()
        },
    }
}

fn milliseconds(span: Time) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
