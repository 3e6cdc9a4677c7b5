//! The cable of an Ethernet interface, and what uses its link: whatever has a carrier sends at once.

use std::time::Duration;

use macveil_core::machine::How;
use macveil_core::types::Mac;

use super::daemon::Action;
use super::{Happening, LATE_HEARING, PERMANENT, World};
use crate::promise::What;

/// Two ends need as long to agree on a speed, in microseconds.
const NEGOTIATES: (u64, u64) = (50_000, 2_500_000);
/// When something is sent after a change.
const SENDS_AFTER: [Duration; 3] = [
    Duration::from_millis(30),
    Duration::from_secs(1),
    Duration::from_secs(10),
];
const HEARD: Duration = Duration::from_micros(2 * LATE_HEARING);

#[derive(Debug, Clone, Default)]
pub struct Wire {
    plugged: bool,
    number: u64,
    since: Duration,
}

/// What the wire has yet to do.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    Carrier(u64),
    Sends(u64),
    PluggedAgain,
}

impl World {
    pub(super) fn wire_due(&mut self, due: Due) {
        match due {
            Due::Carrier(number) if self.is_current(number) => {
                let plugged = self.kernel.wire.as_ref().is_some_and(|wire| wire.plugged);
                if plugged && self.kernel.link.up && !self.kernel.link.carrier {
                    self.kernel.link.carrier = true;
                    self.link_changed(false);
                }
            }
            Due::Sends(number) if self.is_current(number) => self.wire_sends(),
            Due::PluggedAgain => self.cable(true),
            Due::Carrier(_) | Due::Sends(_) => {}
        }
    }

    fn is_current(&self, number: u64) -> bool {
        let wire = self.kernel.wire.as_ref();
        wire.is_some_and(|wire| wire.number == number)
    }

    /// Its link came up, or its cable was plugged in.
    pub(super) fn wire_negotiates(&mut self) {
        let Some(wire) = &mut self.kernel.wire else {
            return;
        };
        wire.number += 1;
        let due = Due::Carrier(wire.number);
        let pause = self.micros(NEGOTIATES.0, NEGOTIATES.1);
        self.after(pause, Happening::Wire(due));
    }

    pub fn cable(&mut self, plugged: bool) {
        let Some(wire) = &mut self.kernel.wire else {
            return;
        };
        wire.plugged = plugged;
        if plugged && self.kernel.link.up && !self.kernel.link.carrier {
            self.wire_negotiates();
        }
        if !plugged && self.kernel.link.carrier {
            self.kernel.link.carrier = false;
            self.link_changed(false);
        }
    }

    /// A bad contact.
    pub fn cable_blinks(&mut self) {
        self.cable(false);
        let pause = self.micros(100_000, 7_000_000);
        self.after(pause, Happening::Wire(Due::PluggedAgain));
    }

    /// As another program changes it, where the driver lets it.
    pub fn changed_in_use(&mut self, address: Mac) {
        if !self.kernel.link.carrier {
            return;
        }
        if self.set_address(address, How::WhileDown).is_ok() {
            self.air.excused = Some(address);
        }
    }

    /// Something of the link has changed.
    pub(super) fn wire_is_in_use(&mut self) {
        let Some(wire) = &mut self.kernel.wire else {
            return;
        };
        if !self.kernel.link.carrier {
            wire.since = Duration::MAX;
            self.air.excused = None;
            return;
        }
        wire.number += 1;
        let number = wire.number;
        // Of another program's change macveil hears shortly.
        if wire.since == Duration::MAX {
            wire.since = self.now;
            self.wire_sends();
        }
        for pause in SENDS_AFTER {
            self.after(pause, Happening::Wire(Due::Sends(number)));
        }
    }

    fn wire_sends(&mut self) {
        if !self.kernel.link.carrier {
            return;
        }
        let address = self.kernel.link.address;
        self.air.meant = self.daemon.meant;
        // macveil was not there to set another one before the carrier came.
        if self.daemon.was_away(self.now) && !self.air.may_use_wire(address) {
            self.air.excused = Some(address);
        }
        self.send(address, What::Wired);
    }

    /// No address changes on a link that is up, and no link in use is taken down.
    pub(super) fn note_what_wire_forbids(&mut self, action: &Action) {
        let Some(wire) = &self.kernel.wire else {
            return;
        };
        let known = !self.daemon.blind.contains(&wire.since)
            && self.now.saturating_sub(wire.since) > HEARD
            && !self.daemon.is_away(self.now);
        let why = match action {
            Action::SetAddress { .. } => "the address of a link in use is changed",
            Action::SetLinkDown => "a link in use is taken down",
            _ => return,
        };
        if self.kernel.link.carrier && known {
            let address = self.kernel.link.address;
            self.note_broken(address, &What::Wired, why);
        }
    }

    /// Before macveil begins.
    pub fn wire_is_there(&mut self, plugged: bool) {
        self.kernel.wire = Some(Wire {
            plugged,
            since: Duration::MAX,
            ..Wire::default()
        });
        self.kernel.link.address = PERMANENT;
    }
}
