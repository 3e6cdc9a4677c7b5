//! Which interfaces `ConnMan` does not manage (connman.conf(5)).

use std::fs;
use std::path::Path;

const FILE: &str = "etc/connman/main.conf";
const KEY: &str = "NetworkInterfaceBlacklist";

/// Whether the user has excluded the interface. The list has beginnings of names.
pub(super) fn is_excluded(root: &Path, interface: &str) -> bool {
    let text = fs::read_to_string(root.join(FILE)).unwrap_or_default();
    let lists = text.lines().filter_map(|line| line.split_once('='));
    lists
        .filter(|(key, _)| key.trim() == KEY)
        .flat_map(|(_, names)| names.split(','))
        .map(str::trim)
        .any(|beginning| !beginning.is_empty() && interface.starts_with(beginning))
}
