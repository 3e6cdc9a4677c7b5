//! The link and its address.

use macveil_core::machine::{How, KernelError, Link, LinkEvent, ScanEvent};
use macveil_core::types::Mac;
use rustix::io::Errno;

use super::{Due, Event, Happening, PERMANENT, Quirk, World, refusal};
use crate::promise::Kind;

impl World {
    /// As `Links::set_address` does it for macveil: a cycle leaves the link down.
    pub fn start_to_set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        match how {
            How::Cycle => {
                self.link_down();
                self.put_late(address)?;
            }
            How::WhileDown if self.kernel.link.up => return self.set_address(address, how),
            How::WhileDown => self.put_late(address)?,
            How::Live => return self.set_address(address, how),
        }
        Ok(self.kernel.link)
    }

    /// Some drivers report success before they apply an address.
    pub(super) fn put_late(&mut self, address: Mac) -> Result<(), KernelError> {
        if self.kernel.driver.quirk != Quirk::AppliesLate {
            return self.put_address(address);
        }
        self.kernel.turns += 1;
        self.kernel.late = Some(address);
        let pause = self.micros(1_000, 90_000);
        let due = Due::AddressApplies(self.kernel.turns);
        self.after(pause, Happening::Kernel(due));
        Ok(())
    }

    pub(super) fn apply_late_address(&mut self) {
        if let Some(address) = self.kernel.late.take() {
            self.kernel.link.address = address;
            self.link_changed(false);
        }
    }

    /// As another program sets it: a cycle brings the link up again.
    pub fn set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        match how {
            How::WhileDown => {
                let live = self.kernel.driver.live_change && !self.is_in_use();
                if self.kernel.link.up && !live {
                    return Err(refusal("set the address", Errno::BUSY));
                }
                self.put_address(address)?;
                if self.kernel.link.up && self.kernel.wire.is_some() {
                    self.link_changed(false);
                }
            }
            How::Cycle => {
                self.link_down();
                self.put_address(address)?;
                self.link_changed(false);
                if self.kernel.link.address == address {
                    self.link_up()?;
                }
                if self.kernel.link.address != address {
                    self.link_down();
                }
            }
            How::Live => {
                if self.kernel.driver.quirk == Quirk::RefusesLive || self.is_in_use() {
                    return Err(refusal("set the address", Errno::BUSY));
                }
                self.put_address(address)?;
                self.link_changed(false);
            }
        }
        Ok(self.kernel.link)
    }

    /// An address is not changed meanwhile (`ieee80211_can_powered_addr_change`, `net/mac80211/iface.c`).
    pub(super) fn is_in_use(&self) -> bool {
        self.kernel.association.is_some()
            || self.kernel.scan.is_some()
            || self.kernel.connect.is_some()
            || self.supplicant.has_begun_to_join()
    }

    pub(super) fn put_address(&mut self, address: Mac) -> Result<(), KernelError> {
        self.kernel.turns += 1;
        self.kernel.late = None;
        match self.kernel.driver.quirk {
            Quirk::Refuses => return Err(refusal("set the address", Errno::OPNOTSUPP)),
            Quirk::BusyByTurns if self.kernel.turns % 2 == 1 => {
                return Err(refusal("set the address", Errno::BUSY));
            }
            Quirk::Ignores => {}
            Quirk::None
            | Quirk::AppliesLate
            | Quirk::UndoesOnUp
            | Quirk::BusyByTurns
            | Quirk::NeverComesUp
            | Quirk::RefusesLive => self.kernel.link.address = address,
        }
        Ok(())
    }

    pub fn user_takes_link_down(&mut self) {
        self.kernel.is_left_down = true;
        self.link_down();
    }

    /// By another program than macveil, which does not try again.
    pub fn program_brings_link_up(&mut self) {
        let _ = self.link_up();
        self.kernel.is_left_down = !self.kernel.link.up;
    }

    /// By another program, which does not try again.
    pub fn program_sets_address(&mut self, address: Mac) {
        let _ = self.set_address(address, How::Cycle);
        self.kernel.is_left_down |= !self.kernel.link.up;
    }

    pub fn link_down(&mut self) {
        if !self.kernel.link.up {
            return;
        }
        if self.kernel.association.is_some() {
            self.send_to_access_point(Kind::Goodbye);
            self.kernel.association = None;
        }
        self.kernel.connect = None;
        self.kernel.downs += 1;
        self.kernel.link.up = false;
        self.kernel.link.carrier = false;
        if self.kernel.scan.take().is_some() {
            self.sniffer.scan_ends(self.now);
            self.report(Event::Scan(ScanEvent::Ended));
            self.iwd_hears_of_results(true);
        }
        self.link_changed(true);
    }

    pub fn link_up(&mut self) -> Result<(), KernelError> {
        if !self.kernel.exists {
            return Err(refusal("bring the link up", Errno::NODEV));
        }
        if self.kernel.rfkill {
            return Err(refusal("bring the link up", Errno::RFKILL));
        }
        if self.kernel.driver.quirk == Quirk::NeverComesUp {
            return Err(refusal("bring the link up", Errno::IO));
        }
        if !self.kernel.link.up {
            self.apply_late_address();
            if self.kernel.driver.quirk == Quirk::UndoesOnUp {
                self.kernel.link.address = PERMANENT;
            }
            self.kernel.link.up = true;
            self.kernel.is_left_down = false;
            self.link_changed(true);
            self.wire_negotiates();
        }
        Ok(())
    }

    /// Everybody hears of it; the supplicant only looks at the address if the link went up or down.
    pub(in crate::world) fn link_changed(&mut self, flags: bool) {
        let link = self.kernel.link;
        self.air.inherited = None;
        self.kernel.guard.read(link.address);
        self.report(Event::Link(LinkEvent::Changed(link)));
        if self.kernel.link.up {
            let (pause, life) = (self.micros(200, 2_000), self.daemon.life());
            self.after(pause, Happening::Holds(life));
        }
        if flags {
            self.supplicant_hears_of_link();
            self.iwd_hears_of_link();
        }
        self.wire_is_in_use();
    }

    /// By rfkill; once it is over, wpa_supplicant brings the link up again.
    pub fn radio_is_blocked(&mut self, blocked: bool) {
        let was_blocked = std::mem::replace(&mut self.kernel.rfkill, blocked);
        if blocked {
            self.kernel.p2p_device_since = None;
            self.user_takes_link_down();
        } else if self.supplicant.running || self.iwd.running {
            self.program_brings_link_up();
            if was_blocked {
                self.supplicant_hears_of_unblocked_radio();
            }
        }
    }
}
