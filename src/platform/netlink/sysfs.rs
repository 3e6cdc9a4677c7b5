//! The few things that only sysfs and uname tell.

use std::fs;
use std::path::{Path, PathBuf};

use macveil_core::types::Mac;

/// The name of the driver behind an interface.
///
/// The interface has a `device` link of its own unless the driver forgot it; the radio's is asked then.
pub(super) fn driver(interface: &str) -> Option<String> {
    ["device/driver", "phy80211/device/driver"]
        .into_iter()
        .find_map(|link| fs::read_link(class(interface, link)).ok())?
        .file_name()?
        .to_str()
        .map(str::to_owned)
}

/// The radio's permanent address, for kernels that know no `IFLA_PERM_ADDRESS`.
pub(super) fn permanent_address(interface: &str) -> Option<Mac> {
    fs::read_to_string(class(interface, "phy80211/macaddress"))
        .ok()?
        .trim()
        .parse()
        .ok()
        .filter(|address: &Mac| address.is_usable())
}

/// A number that sysfs shows of an interface, in decimal or after `0x` in hexadecimal.
///
/// `None` too if `/sys` shows another network namespace, where the name may be another interface's.
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

/// Whether a piece of hardware is behind it that is Ethernet and nothing else: modems, gadgets and
/// the ports of a switch say what they are (`DEVTYPE`).
pub(super) fn is_physical(interface: &str, ifindex: u32) -> bool {
    let is_here = number(interface, ifindex, "ifindex").is_some();
    is_here && looks_physical(&class(interface, ""))
}

fn looks_physical(entry: &Path) -> bool {
    entry.join("device").exists() && !uevent(entry).contains("DEVTYPE=")
}

/// Whether the interface is a radio's, whatever it is used for.
pub(super) fn is_wifi(interface: &str) -> bool {
    looks_like_radio(&class(interface, ""))
}

fn looks_like_radio(entry: &Path) -> bool {
    let of_radio = |name| entry.join(name).exists();
    of_radio("phy80211") || of_radio("wireless") || uevent(entry).contains("DEVTYPE=wlan")
}

fn uevent(entry: &Path) -> String {
    fs::read_to_string(entry.join("uevent")).unwrap_or_default()
}

fn class(interface: &str, entry: &str) -> PathBuf {
    ["/sys/class/net", interface, entry].iter().collect()
}

/// The running kernel's version, as far as features hang on it.
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

    /// An interface's directory: what is in it, and its `uevent`.
    fn interface(entries: &[&str], uevent: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for entry in entries {
            fs::create_dir(directory.path().join(entry)).unwrap();
        }
        fs::write(directory.path().join("uevent"), uevent).unwrap();
        directory
    }

    #[test]
    fn hardware_radios_and_everything_else_are_told_apart() {
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
                looks_physical(directory.path()),
                looks_like_radio(directory.path()),
            );
            assert_eq!(found, (physical, radio), "{entries:?} {uevent}");
        }
    }

    #[test]
    fn numbers_are_read_in_either_base() {
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
    fn releases_of_distributions_are_read() {
        for (release, expected) in [
            ("6.12.43+deb12-amd64", Some((6, 12))),
            ("6.7-rc1", Some((6, 7))),
            ("5.10.0-28-686", Some((5, 10))),
            ("6.18.44", Some((6, 18))),
            ("mine", None),
            ("6", None),
        ] {
            assert_eq!(parse_release(release), expected, "{release}");
        }
    }
}
