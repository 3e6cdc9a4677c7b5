//! iwd's `main.conf` (`iwd.config(5)`): whether iwd uses the addresses in its network files, and how it scans.

#[cfg(feature = "dbus")]
pub(super) const FILE: &str = "etc/iwd/main.conf";

/// A setting with its line number, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting<'a> {
    pub(crate) line: usize,
    pub(crate) value: &'a str,
}

impl Setting<'_> {
    /// Whether iwd reads the value as true (`l_settings_get_bool`, ell).
    pub(crate) fn is_true(self) -> bool {
        self.value.eq_ignore_ascii_case("true") || self.value == "1"
    }
}

/// `AddressRandomization` in `[General]`.
pub(crate) fn address_randomization(text: &str) -> Option<Setting<'_>> {
    setting(text, "General", "AddressRandomization")
}

/// Whether iwd uses a separate address for each network.
pub(crate) fn is_per_network(randomization: Option<Setting>) -> bool {
    randomization.is_some_and(|setting| setting.value == "network")
}

/// The setting that makes iwd scan without random addresses, if set.
pub(crate) fn disabled_scan_randomization(text: &str) -> Option<Setting<'_>> {
    let setting = setting(text, "Scan", "DisableMacAddressRandomization");
    setting.filter(|setting| setting.is_true())
}

/// Why iwd does not use the addresses in its network files, with the remedy; `None` if it does.
#[cfg(feature = "dbus")]
pub(super) fn obstacle(text: &str) -> Option<String> {
    let randomization = address_randomization(text);
    if is_per_network(randomization) {
        return None;
    }
    let found = match randomization {
        Some(setting) => format!("has AddressRandomization={}", setting.value.escape_debug()),
        None => "has no AddressRandomization".to_owned(),
    };
    Some(format!(
        "not managed, unprotected: iwd ignores addresses in its network files, because /{FILE} {found}; set AddressRandomization=network in [General] and restart iwd{}",
        why_unread(text)
    ))
}

/// The setting that iwd uses: the first one in the first group of that name. iwd reads nothing after a line that is
/// wrong, and keeps what is at the end of a value (`l_settings_load_from_data`, ell 0.56).
pub(crate) fn setting<'a>(text: &'a str, group: &str, key: &str) -> Option<Setting<'a>> {
    const BLANK: [char; 2] = [' ', '\t'];
    let mut current = "";
    for (line, text) in (1..).zip(text.split('\n')) {
        let text = text.trim_start_matches(BLANK);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (name, rest) = rest.split_once(']')?;
            if current == group || !rest.trim_matches(BLANK).is_empty() {
                return None;
            }
            current = name;
        } else if !current.starts_with('@') {
            // Groups with an `@` contain certificates.
            let (name, value) = text.split_once('=').filter(|_| !current.is_empty())?;
            if current == group && name.trim_end_matches(BLANK) == key {
                let value = value.trim_start_matches(BLANK);
                return Some(Setting { line, value });
            }
        }
    }
    None
}

/// What to say about a file that names a separate address for each network, and of which iwd does not read that.
pub(crate) fn why_unread(text: &str) -> &'static str {
    if text.contains("=network") {
        "; iwd ignores what has spaces or carriage returns at the end, or follows a wrong line, and only # begins a comment"
    } else {
        ""
    }
}

#[cfg(all(test, feature = "dbus"))]
mod tests {
    use super::*;

    #[test]
    fn scans_are_random_unless_disabled() {
        for random in [
            "",
            "[Scan]\nDisableMacAddressRandomization=false\n",
            "DisableMacAddressRandomization=true\n",
        ] {
            assert_eq!(disabled_scan_randomization(random), None, "{random}");
        }
        for bare in [
            "[Scan]\nDisableMacAddressRandomization=true\n",
            "[General]\n[Scan]\n DisableMacAddressRandomization = 1",
        ] {
            assert!(disabled_scan_randomization(bare).is_some(), "{bare}");
        }
    }

    #[test]
    fn addresses_are_used_only_with_network() {
        for good in [
            "[General]\nAddressRandomization=network\n",
            "[General]\t\nAddressRandomization = network\nnonsense\n",
            "[@pkcs8@x]\n-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n[General]\nAddressRandomization=network",
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
            // iwd reads none of what follows such a line, and no character is ignored at the end of a value.
            ("[General]\r\nAddressRandomization=network\r\n", "has no"),
            (
                "; mine\n[General]\nAddressRandomization=network\n",
                "has no",
            ),
            (
                "[Scan]\nx\n[General]\nAddressRandomization=network\n",
                "has no",
            ),
            ("x=y\n[General]\nAddressRandomization=network\n", "has no"),
            ("[General] # all\nAddressRandomization=network\n", "has no"),
            (
                "\u{feff}[General]\nAddressRandomization=network\n",
                "has no",
            ),
            ("[General]\nAddressRandomization=network \n", "=network ;"),
            ("[General]\nAddressRandomization=network\r\n", "=network\\r"),
        ] {
            let problem = obstacle(bad).unwrap();
            assert!(problem.contains(why), "{problem}");
            assert!(
                problem.contains("AddressRandomization=network in [General]"),
                "{problem}"
            );
        }
    }
}
