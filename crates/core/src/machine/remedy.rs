//! What a user can do about an error of the kernel or a driver.

use std::fmt;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// Who reports the error: the user has other settings to change in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemedyContext {
    /// The daemon, on a Wi-Fi interface.
    Wifi,
    /// The daemon, on an Ethernet interface.
    Ethernet,
    /// The command `macveil set`.
    SetCommand,
}

/// What a user can do. Its text is the end of a sentence, for the log and for the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// The process lacks the privilege.
    GainPrivilege,
    /// Another program uses the interface.
    StopOtherProgram,
    /// The driver cannot change the address of a Wi-Fi card.
    AllowUnprotected,
    /// The driver cannot change the address of an Ethernet interface.
    KeepPermanent,
    /// The driver cannot change the address, and no setting helps.
    OtherDevice,
    /// The driver restricts the addresses of two interfaces on one radio: for the configuration.
    NarrowScanMask,
    /// The same, for the command line.
    ChangeLastBytes,
    /// The driver restricts the vendor bytes: for the configuration of Wi-Fi interfaces.
    KeepVendorByScanMask,
    /// The same, for Ethernet interfaces.
    KeepVendorByMask,
    /// The same, for the command line.
    KeepVendorByOption,
    /// Another interface that is up has the address.
    FreeAddress,
    /// The radio is switched off.
    Unblock,
    /// The interface is gone.
    CheckInterface,
    /// No cause is known.
    ReadKernelLog,
}

/// The remedy for an errno. `None` stands for an error without one.
#[must_use]
pub fn remedy(errno: Option<Errno>, context: RemedyContext) -> Remedy {
    use RemedyContext::{Ethernet, SetCommand, Wifi};
    match (errno, context) {
        (Some(Errno::PERM | Errno::ACCESS), _) => Remedy::GainPrivilege,
        (Some(Errno::BUSY), _) => Remedy::StopOtherProgram,
        (Some(Errno::OPNOTSUPP), Wifi) => Remedy::AllowUnprotected,
        (Some(Errno::OPNOTSUPP), Ethernet) => Remedy::KeepPermanent,
        (Some(Errno::OPNOTSUPP), SetCommand) => Remedy::OtherDevice,
        (Some(Errno::INVAL), Wifi) => Remedy::NarrowScanMask,
        (Some(Errno::INVAL), SetCommand) => Remedy::ChangeLastBytes,
        (Some(Errno::ADDRNOTAVAIL), Wifi) => Remedy::KeepVendorByScanMask,
        (Some(Errno::ADDRNOTAVAIL), Ethernet) => Remedy::KeepVendorByMask,
        (Some(Errno::ADDRNOTAVAIL), SetCommand) => Remedy::KeepVendorByOption,
        (Some(Errno::NOTUNIQ | Errno::ADDRINUSE), _) => Remedy::FreeAddress,
        (Some(Errno::RFKILL), _) => Remedy::Unblock,
        (Some(Errno::NODEV), _) => Remedy::CheckInterface,
        _ => Remedy::ReadKernelLog,
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GainPrivilege => "run macveil as root, or with the capability CAP_NET_ADMIN",
            Self::StopOtherProgram => {
                "another program uses the interface: stop its scan, connection, bridge or virtual machine"
            }
            Self::AllowUnprotected => {
                "this driver cannot change its address: `on-failure = \"open\"` uses the card unprotected"
            }
            Self::KeepPermanent => {
                "this driver cannot change its address: set cloned-mac-address = \"permanent\" for this interface, or remove it from `manage`"
            }
            Self::OtherDevice => "this driver cannot change its address",
            Self::NarrowScanMask => {
                "a second interface on the same radio can limit the addresses: remove it, or keep most bits with `scan-generate-mac-address-mask`"
            }
            Self::ChangeLastBytes => {
                "a second interface on the same radio can limit the addresses: remove it, or change only the last bytes with --ending"
            }
            Self::KeepVendorByScanMask => {
                "the driver refuses this address: keep the vendor's bytes with `scan-generate-mac-address-mask`"
            }
            Self::KeepVendorByMask => {
                "the driver refuses this address: keep the vendor's bytes with `generate-mac-address-mask`"
            }
            Self::KeepVendorByOption => {
                "the driver refuses this address: use --bia, or keep the vendor's bytes with --ending"
            }
            Self::FreeAddress => {
                "another interface that is up has this address: take that interface down"
            }
            Self::Unblock => "the radio is switched off: run `rfkill unblock wifi`, or use its switch",
            Self::CheckInterface => "the interface is gone",
            Self::ReadKernelLog => "the kernel's log (`dmesg`) can have the driver's reason",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errnos_that_drivers_return_have_a_remedy_in_each_context() {
        let errnos = [
            Errno::PERM,
            Errno::BUSY,
            Errno::ADDRNOTAVAIL,
            Errno::OPNOTSUPP,
            Errno::NOTUNIQ,
            Errno::RFKILL,
            Errno::NODEV,
        ];
        let contexts = [
            RemedyContext::Wifi,
            RemedyContext::Ethernet,
            RemedyContext::SetCommand,
        ];
        for context in contexts {
            for errno in errnos {
                let remedy = remedy(Some(errno), context);
                assert_ne!(remedy, Remedy::ReadKernelLog, "{errno} for {context:?}");
            }
            let other = [None, Some(Errno::IO)].map(|errno| remedy(errno, context));
            assert_eq!(other, [Remedy::ReadKernelLog; 2]);
        }
        for context in [RemedyContext::Wifi, RemedyContext::SetCommand] {
            assert_ne!(remedy(Some(Errno::INVAL), context), Remedy::ReadKernelLog);
        }
    }
}
