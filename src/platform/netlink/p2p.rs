//! P2P devices: interfaces of a radio without a link, for Wi-Fi Direct.

use neli::consts::nl80211::{Nl80211Command, Nl80211IfType};
use rustix::io::Errno;

use super::attribute::{Outgoing, number};
use super::failure::Failure;
use super::nl80211::attribute;
use super::{Kernel, family};
use macveil_core::machine::KernelError;

/// An interface in the kernel's list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// A P2P device has none.
    pub(super) ifindex: Option<u32>,
    pub(super) wiphy: u32,
    /// `NL80211_ATTR_WDEV`, if it is a P2P device.
    pub(super) p2p_device: Option<[u8; 8]>,
}

impl Kernel {
    /// Stops or starts the P2P devices of an interface's radio (`NL80211_CMD_STOP_P2P_DEVICE`).
    ///
    /// mac80211 gives one that runs every public action frame that the card receives, and returns those that no
    /// program wants to their sender, under the P2P device's own address: mostly the permanent one
    /// (`ieee80211_accept_frame` and `ieee80211_rx_h_action_return`, `net/mac80211/rx.c`).
    ///
    /// # Errors
    /// The kernel rejects the request.
    pub fn set_p2p_devices(&mut self, ifindex: u32, running: bool) -> Result<(), KernelError> {
        let (command, step) = if running {
            (Nl80211Command::StartP2pDevice, "start the P2P device")
        } else {
            (Nl80211Command::StopP2pDevice, "stop the P2P device")
        };
        let all = Outgoing::default();
        let listed = self
            .nl80211
            .list(Nl80211Command::GetInterface, &all, decode)
            .map_err(|failure| failure.into_kernel_error(step))?;
        let own = listed.iter().find(|it| it.ifindex == Some(ifindex));
        let Some(wiphy) = own.map(|own| own.wiphy) else {
            return Ok(());
        };
        let of_radio = listed.iter().filter(|it| it.wiphy == wiphy);
        for device in of_radio.filter_map(|it| it.p2p_device) {
            let body = Outgoing::default().put(attribute::WDEV, &device);
            match self.nl80211.execute(command, &body) {
                Err(failure) if !is_done(&failure) => {
                    return Err(failure.into_kernel_error(step));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The device has vanished, does not run (`NL80211_FLAG_NEED_WDEV_UP`), or cannot run because the radio is blocked,
/// which has stopped it (`cfg80211_rfkill_set_block`).
fn is_done(failure: &Failure) -> bool {
    let expected = [Errno::NETDOWN, Errno::RFKILL].map(Some);
    failure.is_not_found() || expected.contains(&failure.errno())
}

pub(super) fn decode(payload: &[u8]) -> Option<Listed> {
    let (_, attributes) = family::split(payload)?;
    let kind = Nl80211IfType::from(attributes.u32(attribute::IFTYPE)?);
    let device = attributes.get(attribute::WDEV).and_then(number);
    Some(Listed {
        ifindex: attributes.u32(attribute::IFINDEX),
        wiphy: attributes.u32(attribute::WIPHY)?,
        p2p_device: device.filter(|_| kind == Nl80211IfType::P2pDevice),
    })
}
