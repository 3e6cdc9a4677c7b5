//! Which interfaces carry Ethernet frames and are no radios.

use neli::consts::nl80211::Nl80211Command;

use super::attribute::Outgoing;
use super::failure::{Error, Failure};
use super::nl80211::attribute;
use super::rtnetlink::Report;
use super::{Kernel, sysfs};
use macveil_core::machine::ethernet::EthernetDevice;

impl Kernel {
    /// Every interface with an Ethernet address that is no Wi-Fi interface of any kind, physical or
    /// not (`RTM_GETLINK`).
    ///
    /// # Errors
    /// The kernel's answers are lost or make no sense. Interfaces that vanish meanwhile are left out.
    pub fn ports(&mut self) -> Result<Vec<EthernetDevice>, Error> {
        let reports = self
            .links
            .reports()
            .map_err(|failure| Error::new("list the network interfaces", failure))?;
        let mut ports = Vec::with_capacity(reports.len());
        for report in reports {
            ports.extend(self.wired(report)?);
        }
        Ok(ports)
    }

    /// One interface; `None` if it is gone, or is none of those.
    ///
    /// # Errors
    /// The kernel's answers are lost or make no sense.
    pub fn port(&mut self, ifindex: u32) -> Result<Option<EthernetDevice>, Error> {
        match self.links.report(ifindex) {
            Ok(report) => self.wired(report),
            Err(failure) if failure.is_absence() => Ok(None),
            Err(Failure::Lacks(_)) => Ok(None),
            Err(failure) => Err(unreadable(ifindex, failure)),
        }
    }

    fn wired(&mut self, report: Report) -> Result<Option<EthernetDevice>, Error> {
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
            bonded: report.bonded,
            name: report.name,
        }))
    }

    /// Whether it belongs to a radio, whatever it is used for.
    fn is_radio(&mut self, report: &Report) -> Result<bool, Error> {
        let body = Outgoing::default().put_u32(attribute::IFINDEX, report.ifindex);
        match self
            .nl80211
            .read(Nl80211Command::GetInterface, &body, |_| Some(()))
        {
            Ok(interfaces) => Ok(!interfaces.is_empty()),
            // A driver that is older than nl80211.
            Err(failure) if failure.is_absence() => Ok(sysfs::is_wifi(&report.name)),
            Err(failure) => Err(unreadable(report.ifindex, failure)),
        }
    }
}

fn unreadable(ifindex: u32, failure: Failure) -> Error {
    Error::new(format!("read the interface number {ifindex}"), failure)
}
