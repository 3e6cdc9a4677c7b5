//! Source guards that other programs removed, or that an interface can no longer have.

use super::Daemon;
use macveil_core::machine::{Event, LinkEvent};

impl Daemon {
    /// A filter was removed, or the interface has become a part of a bridge.
    pub(super) fn check_source_guard(&mut self, ifindex: u32) {
        if self.interfaces.managed.contains_key(&ifindex)
            && self.kernel.source_guard_is_stale(ifindex)
        {
            self.dispatch(ifindex, Event::Link(LinkEvent::GuardLost));
        }
    }

    /// Another interface can be on top of a wire, with its own address.
    pub(super) fn check_guards_of_wires(&mut self) {
        let managed = self.interfaces.managed.iter();
        let wires = managed.filter(|(_, managed)| managed.is_wire());
        for ifindex in wires.map(|(&ifindex, _)| ifindex).collect::<Vec<_>>() {
            self.check_source_guard(ifindex);
        }
    }
}
