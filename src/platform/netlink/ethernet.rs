//! Lists Ethernet interfaces, without those of radios.

use neli::consts::nl80211::Nl80211Command;

use super::attribute::Outgoing;
use super::failure::{Error, Failure};
use super::nl80211::attribute;
use super::rtnetlink::{Membership, Report};
use super::{Kernel, sysfs};
use macveil_core::machine::ethernet::EthernetDevice;

impl Kernel {
    /// Lists all interfaces with an Ethernet address that are not Wi-Fi, physical or virtual
    /// (`RTM_GETLINK`).
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed. Interfaces that vanish meanwhile are left out.
    pub fn ethernet_devices(&mut self) -> Result<Vec<EthernetDevice>, Error> {
        let reports = self
            .links
            .reports()
            .map_err(|failure| Error::new("list the network interfaces", failure))?;
        let mut devices = Vec::with_capacity(reports.len());
        for report in reports {
            devices.extend(self.ethernet(report)?);
        }
        Ok(devices)
    }

    /// Reads one interface; `None` if it is gone or not an Ethernet device.
    ///
    /// # Errors
    /// The kernel's answers are lost or malformed.
    pub fn ethernet_device(&mut self, ifindex: u32) -> Result<Option<EthernetDevice>, Error> {
        match self.links.report(ifindex) {
            Ok(report) => self.ethernet(report),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(Failure::Lacks(_)) => Ok(None),
            Err(failure) => Err(unreadable(ifindex, failure)),
        }
    }

    fn ethernet(&mut self, report: Report) -> Result<Option<EthernetDevice>, Error> {
        if !report.ethernet || self.is_radio(&report)? {
            return Ok(None);
        }
        let driver = sysfs::driver(&report.name).or(report.kind);
        Ok(Some(EthernetDevice {
            ifindex: report.ifindex,
            driver: driver.unwrap_or_default(),
            permanent: report.permanent,
            initial: report.link.address,
            physical: sysfs::is_physical(&report.name, report.ifindex),
            bonded: report.member == Some(Membership::Bond),
            is_held_down: false,
            name: report.name,
        }))
    }

    /// Whether the interface belongs to a radio, in any mode.
    fn is_radio(&mut self, report: &Report) -> Result<bool, Error> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, report.ifindex);
        match self
            .nl80211
            .read(Nl80211Command::GetInterface, &body, |_| Some(()))
        {
            Ok(interfaces) => Ok(!interfaces.is_empty()),
            // A driver without nl80211 support.
            Err(failure) if failure.is_not_found() => Ok(sysfs::is_wifi(&report.name)),
            Err(failure) => Err(unreadable(report.ifindex, failure)),
        }
    }
}

fn unreadable(ifindex: u32, failure: Failure) -> Error {
    Error::new(format!("read the interface number {ifindex}"), failure)
}
