//! iwd's `main.conf`: whether iwd uses the addresses that its files give networks, and how it scans.

use super::files;

/// Below the root.
pub(super) const FILE: &str = "etc/iwd/main.conf";
const GROUP: &str = "[General]";
const KEY: &str = "AddressRandomization";
const WANTED: &str = "network";

/// Why iwd does not use the addresses that it is given, if so, and what to do; `text` is what the file
/// says, nothing if there is none.
pub(super) fn obstacle(text: &str) -> Option<String> {
    let found = value(text, GROUP, KEY);
    if found == Some(WANTED) {
        return None;
    }
    let what = match found {
        Some(other) => format!("says {KEY}={}", other.escape_debug()),
        None => format!("has no {KEY}"),
    };
    Some(format!(
        "left as it is, without protection: iwd uses no address that it is given, because /{FILE} {what}; write {KEY}={WANTED} below {GROUP} there, and restart iwd"
    ))
}

/// Whether iwd scans under random addresses where the driver can.
pub(super) fn scans_at_random(text: &str) -> bool {
    !files::is_true(value(text, "[Scan]", "DisableMacAddressRandomization"))
}

/// Of two groups or keys of one name, iwd takes the first.
fn value<'a>(text: &'a str, group: &str, wanted: &str) -> Option<&'a str> {
    let lines = text.lines().map(str::trim);
    let mut within = lines.skip_while(|line| *line != group).skip(1);
    let own = within.by_ref().take_while(|line| !line.starts_with('['));
    let mut settings = own.filter_map(|line| line.split_once('='));
    let (_, value) = settings.find(|(key, _)| key.trim_end() == wanted)?;
    Some(value.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_are_random_unless_that_is_switched_off() {
        for random in [
            "",
            "[Scan]\nDisableMacAddressRandomization=false\n",
            "DisableMacAddressRandomization=true\n",
        ] {
            assert!(scans_at_random(random), "{random}");
        }
        for bare in [
            "[Scan]\nDisableMacAddressRandomization=true\n",
            "[General]\n[Scan]\n DisableMacAddressRandomization = 1",
        ] {
            assert!(!scans_at_random(bare), "{bare}");
        }
    }

    #[test]
    fn only_network_will_do() {
        for good in [
            "[General]\nAddressRandomization=network\n",
            "# mine\n[Scan]\nx=1\n[General]\nEnableNetworkConfiguration=true\n  AddressRandomization = network",
        ] {
            assert_eq!(obstacle(good), None, "{good}");
        }
        for (bad, why) in [
            ("", "has no AddressRandomization"),
            ("AddressRandomization=network\n", "has no"),
            (
                "[General]\n[Network]\nAddressRandomization=network\n",
                "has no",
            ),
            ("[General]\n#AddressRandomization=network\n", "has no"),
            (
                "[General]\nAddressRandomization=once\n",
                "AddressRandomization=once",
            ),
            ("[General]\nAddressRandomization=\u{1b}[2J\n", "=\\u{1b}[2J"),
            (
                "[General]\nAddressRandomization=disabled\nAddressRandomization=network\n",
                "=disabled",
            ),
        ] {
            let said = obstacle(bad).unwrap();
            assert!(said.contains(why), "{said}");
            assert!(
                said.contains("AddressRandomization=network below [General]"),
                "{said}"
            );
        }
    }
}
