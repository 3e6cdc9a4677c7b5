//! Which interfaces `ConnMan` does not manage (connman.conf(5)).

use std::path::Path;

use crate::store::regular::{self, Links};

const FILE: &str = "etc/connman/main.conf";
const MAX_SIZE: u64 = 1024 * 1024;
const KEY: &str = "NetworkInterfaceBlacklist";

/// Whether the user has excluded the interface. The list has beginnings of names.
pub(super) fn is_excluded(root: &Path, interface: &str) -> bool {
    let text = regular::read_text(&root.join(FILE), Links::Follow, MAX_SIZE).unwrap_or_default();
    let lists = text.lines().filter_map(|line| line.split_once('='));
    lists
        .filter(|(key, _)| key.trim() == KEY)
        .flat_map(|(_, names)| names.split(','))
        .map(str::trim)
        .any(|beginning| !beginning.is_empty() && interface.starts_with(beginning))
}
