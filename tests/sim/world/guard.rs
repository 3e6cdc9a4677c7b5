//! The kernel's source guard, and a program that builds its own frames: it reads each address that the card
//! has, and goes on with all of them.

use macveil_core::machine::{SourceGuard, StateKind};
use macveil_core::types::Mac;

use super::{Backend, World};
use crate::promise::{Broken, Frame, Kind, What};

/// More would only repeat it.
const MOST_READ: usize = 8;

#[derive(Debug, Clone)]
pub struct Guard {
    pub now: SourceGuard,
    /// The interface has just been made.
    pub is_new: bool,
    /// And macveil has given it no address yet.
    pub is_bare: bool,
    /// What the program has read.
    read: Vec<Mac>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            now: SourceGuard::Off,
            is_new: false,
            is_bare: false,
            read: Vec::new(),
        }
    }
}

impl Guard {
    fn passes(&self, source: Mac) -> bool {
        match self.now {
            SourceGuard::Only(address) => source == address,
            SourceGuard::Nothing => false,
            SourceGuard::Off => true,
        }
    }

    /// The card has this address now, and the program reads it.
    pub fn read(&mut self, address: Mac) {
        if self.read.last() != Some(&address) {
            self.read.retain(|read| *read != address);
            self.read.push(address);
            let excess = self.read.len().saturating_sub(MOST_READ);
            self.read.drain(..excess);
        }
    }
}

impl World {
    /// A data frame of the card's own leaves, and the program's with its former addresses. Another program
    /// can just have changed the card's address.
    pub(super) fn data_frames_leave(&mut self, from: Mac, what: &What) {
        let own = self.kernel.link.address;
        self.kernel.guard.read(own);
        // Another program changed the address, and no daemon could hear of it.
        let unheard = self.daemon.was_away(self.now) && !self.kernel.guard.passes(own);
        // Or made an interface that macveil has not seen yet.
        let unseen = self.kernel.guard.is_new && self.kernel.guard.now == SourceGuard::Off;
        if unheard || unseen {
            return;
        }
        for source in self.kernel.guard.read.clone() {
            if ![own, from].contains(&source)
                && self.kernel.guard.passes(source)
                && !self.is_expected_by_network(source, what)
            {
                self.note_broken(source, what, "a data frame under a former address");
            }
        }
        let joins = matches!(
            self.daemon.state(),
            Some(StateKind::Associating | StateKind::Associated)
        );
        // iwd sets the address of its file, of which macveil can hear too late.
        let is_right = if self.backend == Backend::Iwd {
            self.is_expected_by_network(own, what) && !self.daemon.shuffles(self.now)
        } else {
            self.daemon.meant == Some(own)
        };
        if joins && is_right && !self.daemon.was_away(self.now) && !self.kernel.guard.passes(own) {
            self.note_broken(own, what, "the guard drops the card's own frames");
        }
    }

    /// iwd was to join under this address, and the driver did not take it: the attempt is cut off.
    fn is_expected_by_network(&self, source: Mac, what: &What) -> bool {
        let What::To { ssid, .. } = what else {
            return false;
        };
        let promise = &self.air.promise;
        let assigned = promise.assigned.get(&source);
        let mut files = self.iwd.files.iter();
        self.air.is_cut_off
            && (assigned.is_some_and(|networks| networks.contains(ssid))
                || promise.permanent == Some(source) && promise.trusted.contains(ssid)
                || files.any(|file| file.id.ssid == *ssid && file.address == Some(source)))
    }

    pub(super) fn note_broken(&mut self, from: Mac, what: &What, why: &'static str) {
        // Before the first daemon, and after one that has put everything back, nothing is promised.
        let is_released =
            self.daemon.state().is_none() && self.kernel.guard.now == SourceGuard::Off;
        let is_open = self.daemon.state() == Some(StateKind::Unprotected);
        if is_released || is_open || self.air.unwatched || self.air.unprotected {
            return;
        }
        let frame = Frame {
            at: self.now,
            from,
            what: what.clone(),
        };
        self.air.broken.push(Broken { frame, why });
    }

    pub(super) fn is_data(what: &What) -> bool {
        matches!(
            what,
            What::Wired
                | What::To {
                    kind: Kind::Data,
                    ..
                }
        )
    }
}
