//! Wi-Fi interfaces that become something else than a station, and stations again.

use tracing::info;

use super::managed::ManagedInterface;
use super::{Daemon, Error};

impl Daemon {
    /// An interface has another type now.
    pub(super) fn retyped(&mut self, ifindex: u32) -> Result<(), Error> {
        if self.shutting_down || self.release_former_station(ifindex)? {
            return Ok(());
        }
        if !self.interfaces.managed.contains_key(&ifindex)
            && let Some(card) = self.kernel.card(ifindex)?
        {
            self.interfaces.ignored.remove(&ifindex);
            self.manage_card(card);
        }
        Ok(())
    }

    /// While it is an access point, or a monitor, its address must not change. The kernel may tell
    /// of its link before it tells of its type.
    pub(super) fn release_former_station(&mut self, ifindex: u32) -> Result<bool, Error> {
        let Some(former) = self
            .interfaces
            .managed
            .get(&ifindex)
            .filter(|it| !ManagedInterface::is_wire(it))
        else {
            return Ok(false);
        };
        if self.kernel.is_station(ifindex)? != Some(false) {
            return Ok(false);
        }
        info!(
            "{}: no longer a station: not managed until it is one again",
            former.name()
        );
        self.forget(ifindex);
        self.kernel.remove_source_guard(ifindex);
        Ok(true)
    }
}
