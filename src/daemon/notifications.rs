//! What the kernel says of interfaces.

use tracing::{debug, info};

use super::{Daemon, Error, Identity};
use crate::platform::netlink::Notification;
use macveil_core::machine::{Event, LinkEvent};

impl Daemon {
    pub(super) fn handle_notification(&mut self, notification: Notification) -> Result<(), Error> {
        match notification {
            Notification::Link {
                ifindex,
                name,
                bonded,
                ..
            } => self.link_changed(ifindex, Identity { name, bonded })?,
            Notification::LinkGone { ifindex } => {
                self.interfaces.ignored.remove(&ifindex);
                self.interfaces.held.remove(&ifindex);
                self.managers.reported.retain(|left| left.0 != ifindex);
                self.interfaces.awaiting_udev.forget(ifindex);
                self.kernel.forget_source_guard(ifindex);
                if let Some(gone) = self.forget(ifindex) {
                    info!("{}: gone", gone.name());
                }
            }
            Notification::FilterRemoved { ifindex } => self.check_source_guard(ifindex),
            Notification::Retyped { ifindex } => {
                self.retyped(ifindex)?;
                // Perhaps it uses four addresses now.
                self.dispatch(ifindex, Event::Link(LinkEvent::GuardLost));
            }
            Notification::Station { ifindex, event } => self.dispatch(ifindex, event),
            Notification::Overrun => {
                debug!("kernel notifications were lost: reading the state again");
                self.interfaces.ignored.clear();
                self.manage_all()?;
                for ifindex in self.interfaces.managed.keys().copied().collect::<Vec<_>>() {
                    self.read_link(ifindex)?;
                    self.check_source_guard(ifindex);
                }
                self.dispatch_all(&Event::Overrun);
            }
        }
        Ok(())
    }

    /// A notification may be older than the latest change, so the link itself is read.
    pub(super) fn link_changed(&mut self, ifindex: u32, identity: Identity) -> Result<(), Error> {
        let name = &identity.name;
        if self.interfaces.held.contains_key(&ifindex) {
            self.hold_down(ifindex);
            return Ok(());
        }
        if let Some(managed) = self
            .interfaces
            .managed
            .get(&ifindex)
            .filter(|t| t.name() != name)
        {
            info!("{name}: this interface was renamed; starting again");
            self.environment.runtime_dir.rename(managed.name(), name);
            self.forget(ifindex);
        }
        if self.interfaces.managed.contains_key(&ifindex) {
            self.read_link(ifindex)?;
            if self
                .interfaces
                .managed
                .get(&ifindex)
                .is_some_and(|it| it.is_wire())
            {
                self.check_source_guard(ifindex);
            }
        } else if !self.shutting_down
            && self.interfaces.ignored.get(&ifindex).map(Box::as_ref) != Some(&identity)
        {
            self.manage(ifindex, identity)?;
            self.check_guards_of_wires();
        }
        Ok(())
    }

    pub(super) fn read_link(&mut self, ifindex: u32) -> Result<(), Error> {
        if self.release_to_bond(ifindex)? || self.release_former_station(ifindex)? {
            return Ok(());
        }
        match self.kernel.link(ifindex) {
            Ok(link) => self.dispatch(ifindex, Event::Link(LinkEvent::Changed(link))),
            Err(refusal) => debug!("interface {ifindex}: {refusal}"),
        }
        Ok(())
    }
}
