//! Looks up an interface with a MAC address by name, Wi-Fi or not.

use super::failure::Failure;
use super::links::Links;
use super::sysfs;
use macveil_core::machine::Link;
use macveil_core::types::Mac;

/// An interface with a MAC address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Interface index.
    pub ifindex: u32,
    /// Interface name.
    pub name: String,
    /// Driver; for a virtual interface its kind: `veth`, `tun`.
    pub driver: Option<String>,
    /// Address and link state.
    pub link: Link,
    /// Permanent address, if the driver reports one.
    pub permanent: Option<Mac>,
    /// Whether the interface belongs to a radio.
    pub wifi: bool,
    /// Whether the interface is a TAP device.
    pub tap: bool,
}

/// No interface with a MAC address has this name.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// No interface has this name.
    #[error("no interface has this name (`ip link` lists all interfaces)")]
    Absent,
    /// For example a TUN device or the loopback.
    #[error("the interface has no MAC address: it is a loopback, TUN or other non-Ethernet device")]
    NoAddress,
    /// The request to the kernel failed.
    #[error(transparent)]
    Unreadable(Failure),
}

impl Links {
    /// Reads the interface with this name or alternative name.
    ///
    /// # Errors
    /// No interface has this name, or the interface has no MAC address.
    pub fn adapter(&mut self, name: &str) -> Result<Adapter, AdapterError> {
        if name.is_empty() {
            return Err(AdapterError::Absent);
        }
        let report = match self.find(name) {
            Ok(Some(report)) if !report.loopback => report,
            Ok(_) => return Err(AdapterError::NoAddress),
            Err(failure) if failure.is_not_found() => return Err(AdapterError::Absent),
            Err(failure) => return Err(AdapterError::Unreadable(failure)),
        };
        let name = report.name;
        Ok(Adapter {
            ifindex: report.ifindex,
            driver: sysfs::driver(&name).or_else(|| report.kind.clone()),
            link: report.link,
            permanent: report.permanent.or_else(|| sysfs::permanent_address(&name)),
            wifi: sysfs::is_wifi(&name),
            // A TUN device has the same kind but no MAC address.
            tap: report.kind.as_deref() == Some("tun"),
            name,
        })
    }
}
