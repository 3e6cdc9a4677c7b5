//! Wi-Fi interfaces that become something else than a station, and stations again.

use tracing::{debug, info};

use super::machine::{Report, of_card};
use super::managed::ManagedInterface;
use super::{Daemon, Error};
use crate::config::DeviceFacts;
use crate::platform::netlink::Mode;
use crate::protocol::Backend;
use macveil_core::machine::wpa::WpaEvent;
use macveil_core::machine::{AddressKind, How, Problem, StateKind};

impl Daemon {
    /// An interface has another type now.
    pub(super) fn retyped(&mut self, ifindex: u32) -> Result<(), Error> {
        if self.shutting_down || self.release_former_station(ifindex)? {
            return Ok(());
        }
        if self.interfaces.managed.contains_key(&ifindex) {
            return Ok(());
        }
        if let Some(card) = self.kernel.card(ifindex)? {
            self.interfaces.ignored.remove(&ifindex);
            self.manage_card(card);
            return Ok(());
        }
        self.mask_interface_of_iwd(ifindex)
    }

    /// While it is an access point, or a monitor, its address must not change. The kernel may tell
    /// of its link before it tells of its type.
    pub(super) fn release_former_station(&mut self, ifindex: u32) -> Result<bool, Error> {
        let mode = match self.interfaces.managed.get(&ifindex) {
            Some(managed) if !managed.is_wire() => self.kernel.mode(ifindex)?,
            _ => return Ok(false),
        };
        let Some(managed) = self.interfaces.managed.get(&ifindex) else {
            return Ok(false);
        };
        match mode {
            None | Some(Mode::Station) => return Ok(false),
            Some(Mode::Beacons) if must_end(managed) => {
                info!(
                    "{}: a program makes it send beacons under a network's address: that is ended; select a hotspot in wpa_supplicant, or disconnect before you start another program",
                    managed.name()
                );
                // The machine takes the link down, and has wpa_supplicant end what it began.
                self.report(ifindex, Report::Wpa(WpaEvent::ModeChanged));
                match self.kernel.make_station(ifindex) {
                    Ok(()) => return Ok(false),
                    Err(refusal) => debug!("interface {ifindex}: {refusal}"),
                }
            }
            Some(Mode::Beacons | Mode::Other) => {}
        }
        let Some(former) = self.forget(ifindex) else {
            return Ok(false);
        };
        info!(
            "{}: no longer a station: not managed until it is one again",
            former.name()
        );
        self.kernel.remove_source_guard(ifindex);
        if must_be_masked(&former) {
            self.mask_other_type(ifindex, &former.device());
        }
        Ok(true)
    }

    /// iwd brings its new interfaces up, and can give them another type before macveil saw them as stations.
    pub(super) fn mask_interface_of_iwd(&mut self, ifindex: u32) -> Result<(), Error> {
        if !self.managers.active.is_driven_by_iwd(ifindex) {
            return Ok(());
        }
        if let Some(card) = self.kernel.other_card(ifindex)?
            && self.environment.config.manages(&of_card(&card))
            && card.permanent == Some(card.initial)
            && self.kernel.link(ifindex).is_ok_and(|link| !link.carrier)
        {
            self.mask_other_type(ifindex, &of_card(&card));
        }
        Ok(())
    }

    /// Before it is used, an interface of another type gets an address that no network knows.
    fn mask_other_type(&mut self, ifindex: u32, device: &DeviceFacts<'_>) {
        let Ok(link) = self.kernel.link(ifindex) else {
            return;
        };
        let how = if link.up { How::Cycle } else { How::WhileDown };
        let is_masked = self.mask(ifindex, device, link.address, how);
        if link.up
            && let Err(refusal) = self.kernel.bring_up(ifindex)
        {
            debug!("{}: {refusal}", device.name);
        }
        debug!("{}: masked as another type: {is_masked}", device.name);
    }
}

/// A program made an access point of a station that has a network's address, and macveil had no part in it:
/// wpa_supplicant with a network that was added just now, hostapd, or iw. hostapd would keep the address in its beacons.
fn must_end(managed: &ManagedInterface) -> bool {
    managed.connected_backend() == Some(Backend::WpaSupplicant) && must_be_masked(managed)
}

/// Not if it has a mask already, or is not protected.
fn must_be_masked(former: &ManagedInterface) -> bool {
    let status = former.machine_status();
    let is_protected = status.state != StateKind::Unprotected
        && !matches!(status.problem, Some(Problem::IwdSettings { .. }));
    status.address_kind != AddressKind::Mask && is_protected
}
