//! Any interface with a MAC address, Wi-Fi or not, by its name.

use super::failure::Failure;
use super::links::Links;
use super::sysfs;
use macveil_core::machine::Link;
use macveil_core::types::Mac;

/// An interface with a MAC address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// The kernel's number for it.
    pub ifindex: u32,
    /// Its name.
    pub name: String,
    /// Its driver; for a virtual one its kind: `veth`, `tun`.
    pub driver: Option<String>,
    /// Its address, and whether it is up.
    pub link: Link,
    /// Its permanent address, if the driver knows one.
    pub permanent: Option<Mac>,
    /// It is a radio's.
    pub wifi: bool,
    /// It is a TAP device.
    pub tap: bool,
}

/// There is no such interface, or none that could have a MAC address.
#[derive(Debug, thiserror::Error)]
pub enum NoAdapter {
    /// The name is nobody's.
    #[error("there is no interface of this name (`ip link` lists those that there are)")]
    Absent,
    /// A TUN device or the loopback, say.
    #[error("it has no MAC address: it is a loopback or TUN device, or none of Ethernet's kind")]
    NoAddress,
    /// The kernel could not be asked.
    #[error(transparent)]
    Unreadable(Failure),
}

impl Links {
    /// Reads the interface of this name, which may be an alternative one.
    ///
    /// # Errors
    /// There is none, or it has no MAC address.
    pub fn adapter(&mut self, name: &str) -> Result<Adapter, NoAdapter> {
        if name.is_empty() {
            return Err(NoAdapter::Absent);
        }
        let report = match self.find(name) {
            Ok(Some(report)) if !report.loopback => report,
            Ok(_) => return Err(NoAdapter::NoAddress),
            Err(failure) if failure.is_absence() => return Err(NoAdapter::Absent),
            Err(failure) => return Err(NoAdapter::Unreadable(failure)),
        };
        let name = report.name;
        Ok(Adapter {
            ifindex: report.ifindex,
            driver: sysfs::driver(&name).or_else(|| report.kind.clone()),
            link: report.link,
            permanent: report.permanent.or_else(|| sysfs::permanent_address(&name)),
            wifi: sysfs::is_wifi(&name),
            // A TUN is of the same kind, but has no MAC address.
            tap: report.kind.as_deref() == Some("tun"),
            name,
        })
    }
}
