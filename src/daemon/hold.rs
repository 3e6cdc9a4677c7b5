//! Without any valid configuration every station is held down, under an unused mask, until there is one.

use std::sync::Arc;
use std::time::Duration;

use tracing::{debug, warn};

use super::machine::of_card;
use super::{Daemon, clock};
use crate::config::DeviceFacts;
use crate::protocol::{Interface, InterfaceStatus, Status};
use macveil_core::address::AddressFacts;
use macveil_core::machine::{
    AddressKind, Card, Counters, How, NextChange, Problem, StateKind, Time,
};
use macveil_core::types::{DeviceKind, Mac};

/// A link that did not go down is taken down again after this.
const RETRY: Duration = Duration::from_secs(1);

/// A station that is held down.
#[derive(Debug)]
pub(super) struct Held {
    card: Card,
    since: Time,
    /// It is not down yet.
    pub(super) retry_at: Option<Time>,
}

impl Daemon {
    /// Takes a station down until there is a configuration.
    pub(super) fn hold(&mut self, card: Card) {
        let ifindex = card.ifindex;
        if self.interfaces.held.contains_key(&ifindex) {
            return self.hold_down(ifindex);
        }
        warn!(
            "{}: held down, because there is no valid configuration",
            card.name
        );
        if let Err(error) = self.environment.runtime_dir.note_held(&card.name, ifindex) {
            debug!("{}: {error}", card.name);
        }
        let since = clock::now().boot;
        let retry_at = None;
        let held = Held {
            card,
            since,
            retry_at,
        };
        let card = held.card.clone();
        self.interfaces.held.insert(ifindex, Box::new(held));
        self.hold_down(ifindex);
        self.mask_while_down(&card);
    }

    /// Makes sure that the link of a held station is down.
    pub(super) fn hold_down(&mut self, ifindex: u32) {
        let Some(held) = self.interfaces.held.get_mut(&ifindex) else {
            return;
        };
        held.retry_at = None;
        if self.kernel.link(ifindex).is_ok_and(|link| !link.up) {
            return;
        }
        if let Err(refusal) = self.kernel.set_link_down(ifindex) {
            warn!("{}: {refusal}", held.card.name);
            held.retry_at = Some(clock::now().boot.saturating_add(RETRY));
            return;
        }
        let card = held.card.clone();
        self.mask_while_down(&card);
    }

    /// Tries again where the kernel refused.
    pub(super) fn hold_again(&mut self) {
        let now = clock::now().boot;
        let held = self.interfaces.held.iter();
        let due = held.filter(|(_, held)| held.retry_at.is_some_and(|at| at <= now));
        for ifindex in due.map(|(&ifindex, _)| ifindex).collect::<Vec<_>>() {
            self.hold_down(ifindex);
        }
    }

    /// Ends what an earlier hold, also of an earlier macveil, did to a station, before its configuration applies.
    pub(super) fn end_hold(&mut self, card: &Card) {
        let (name, ifindex) = (&card.name, card.ifindex);
        self.interfaces.held.remove(&ifindex);
        if !self.environment.runtime_dir.end_hold(name, ifindex) {
            return;
        }
        if self.kernel.link(ifindex).is_ok_and(|link| !link.up) && self.mask_while_down(card) {
            match self.kernel.bring_up(ifindex) {
                Ok(_) => debug!("{name}: no longer held down"),
                Err(refusal) => warn!("{name}: {refusal}"),
            }
        }
    }

    /// Gives a link that is down a mask; whether that worked.
    fn mask_while_down(&mut self, card: &Card) -> bool {
        self.mask(card.ifindex, &of_card(card), card.initial, How::WhileDown)
    }

    /// Gives an interface without a machine a mask; whether that worked.
    pub(super) fn mask(
        &mut self,
        ifindex: u32,
        device: &DeviceFacts<'_>,
        current: Mac,
        how: How,
    ) -> bool {
        let host = Arc::clone(&self.environment.host);
        let policies = self.environment.config.address_policies(device, host);
        let facts = AddressFacts {
            permanent: device.permanent,
            initial: current,
            current,
            previous: None,
        };
        let mask = policies.mask_address(&facts, &[], &mut self.environment.rng);
        let set = self.kernel.set_address(ifindex, mask, how);
        if let Err(refusal) = &set {
            debug!("{}: {refusal}", device.name);
        }
        set.is_ok_and(|link| link.address == mask)
    }
}

impl Held {
    pub(super) fn interface(&self) -> Interface {
        Interface {
            name: self.card.name.clone(),
            ifindex: self.card.ifindex,
            kind: DeviceKind::Wifi,
            address: self.card.initial,
            state: Some(StateKind::Blocked),
        }
    }

    pub(super) fn status(&self, interface: Interface) -> Status {
        let held = clock::now().boot.saturating_sub(self.since);
        let held = u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
        let details = InterfaceStatus {
            driver: self.card.driver.clone(),
            backend: None,
            up: self.retry_at.is_some(),
            state_ms: held,
            address_kind: AddressKind::Mask,
            permanent: self.card.permanent == Some(interface.address),
            address_ms: held,
            next_change: NextChange::Masking,
            ssid: None,
            method: None,
            method_reason: None,
            problem: Some(Problem::NoConfiguration),
            retry_ms: None,
            paused: false,
            pause_ms: None,
            limitations: Vec::new(),
            counters: Counters::default(),
        };
        Status {
            interface,
            managed_by: None,
            details: Some(details),
        }
    }
}
