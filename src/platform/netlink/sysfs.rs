//! Facts that only sysfs and uname provide.

use std::fs;
use std::path::{Path, PathBuf};

use macveil_core::types::Mac;

/// The name of the driver behind an interface.
///
/// Some drivers do not set the interface's `device` link; the radio's link is used then.
pub(super) fn driver(interface: &str) -> Option<String> {
    ["device/driver", "phy80211/device/driver"]
        .into_iter()
        .find_map(|link| fs::read_link(class(interface, link)).ok())?
        .file_name()?
        .to_str()
        .map(str::to_owned)
}

/// The radio's permanent address, for kernels without `IFLA_PERM_ADDRESS`.
pub(super) fn permanent_address(interface: &str) -> Option<Mac> {
    fs::read_to_string(class(interface, "phy80211/macaddress"))
        .ok()?
        .trim()
        .parse()
        .ok()
        .filter(|address: &Mac| address.is_usable())
}

/// Reads a number from an interface's sysfs file, decimal or hexadecimal with `0x`.
///
/// Also `None` if `/sys` shows another network namespace, where another interface can have this name.
pub(super) fn number(interface: &str, ifindex: u32, entry: &str) -> Option<i64> {
    let read = |entry| parse_number(&fs::read_to_string(class(interface, entry)).ok()?);
    (read("ifindex") == Some(i64::from(ifindex))).then(|| read(entry))?
}

fn parse_number(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Whether the interface is plain Ethernet hardware. Modems, gadgets and switch ports have a
/// `DEVTYPE`.
pub(super) fn is_physical(interface: &str, ifindex: u32) -> bool {
    let in_namespace = number(interface, ifindex, "ifindex").is_some();
    in_namespace && has_physical_device(&class(interface, ""))
}

fn has_physical_device(entry: &Path) -> bool {
    entry.join("device").exists() && !uevent(entry).contains("DEVTYPE=")
}

/// Whether the interface belongs to a radio, in any mode.
pub(super) fn is_wifi(interface: &str) -> bool {
    is_radio(&class(interface, ""))
}

fn is_radio(entry: &Path) -> bool {
    let has_entry = |name| entry.join(name).exists();
    has_entry("phy80211") || has_entry("wireless") || uevent(entry).contains("DEVTYPE=wlan")
}

/// Whether an interface on top of this one has another address: frames with it leave this one.
pub(super) fn has_upper_address(interface: &str, ifindex: u32, address: Mac) -> bool {
    let in_namespace = number(interface, ifindex, "ifindex").is_some();
    in_namespace && differs_above(&class(interface, ""), address)
}

fn differs_above(entry: &Path, address: Mac) -> bool {
    let entries = fs::read_dir(entry).into_iter().flatten().flatten();
    let mut above = entries.filter(|it| it.file_name().to_string_lossy().starts_with("upper_"));
    above.any(|upper| {
        let text = fs::read_to_string(upper.path().join("address")).unwrap_or_default();
        let its: Option<Mac> = text.trim().parse().ok();
        its.is_some_and(|its| its != address)
    })
}

fn uevent(entry: &Path) -> String {
    fs::read_to_string(entry.join("uevent")).unwrap_or_default()
}

fn class(interface: &str, entry: &str) -> PathBuf {
    ["/sys/class/net", interface, entry].iter().collect()
}

/// Major and minor version of the running kernel.
pub(super) fn kernel_release() -> (u32, u32) {
    let name = rustix::system::uname();
    parse_release(&name.release().to_string_lossy()).unwrap_or_default()
}

fn parse_release(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release
        .split(|character: char| !character.is_ascii_digit())
        .map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An interface's sysfs directory with these entries and this `uevent`.
    fn interface(entries: &[&str], uevent: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for entry in entries {
            fs::create_dir(directory.path().join(entry)).unwrap();
        }
        fs::write(directory.path().join("uevent"), uevent).unwrap();
        directory
    }

    #[test]
    fn interface_directory_yields_hardware_and_radio() {
        for (entries, uevent, physical, radio) in [
            (&["device"][..], "INTERFACE=eth0\nIFINDEX=2\n", true, false),
            (&[], "INTERFACE=veth0\nIFINDEX=2\n", false, false),
            (&[], "DEVTYPE=bridge\nINTERFACE=br0\n", false, false),
            (&["device"], "DEVTYPE=wwan\nINTERFACE=wwan0\n", false, false),
            (&["device"], "DEVTYPE=dsa\nINTERFACE=lan1\n", false, false),
            (&["device", "phy80211"], "DEVTYPE=wlan\n", false, true),
            (&["device", "wireless"], "INTERFACE=ra0\n", true, true),
            (&[], "DEVTYPE=wlan\nINTERFACE=p2p0\n", false, true),
        ] {
            let directory = interface(entries, uevent);
            let found = (
                has_physical_device(directory.path()),
                is_radio(directory.path()),
            );
            assert_eq!(found, (physical, radio), "{entries:?} {uevent}");
        }
    }

    #[test]
    fn number_in_decimal_or_hexadecimal_is_parsed() {
        for (text, expected) in [
            ("0x1902\n", Some(0x1902)),
            ("65534\n", Some(65534)),
            ("-1\n", Some(-1)),
            ("\n", None),
            ("0x", None),
        ] {
            assert_eq!(parse_number(text), expected, "{text}");
        }
    }

    #[test]
    fn kernel_release_of_distribution_is_parsed() {
        for (release, expected) in [
            ("6.12.43+deb12-amd64", Some((6, 12))),
            ("6.7-rc1", Some((6, 7))),
            ("5.10.0-28-686", Some((5, 10))),
            ("6.18.44", Some((6, 18))),
            ("custom", None),
            ("6", None),
        ] {
            assert_eq!(parse_release(release), expected, "{release}");
        }
    }
}
