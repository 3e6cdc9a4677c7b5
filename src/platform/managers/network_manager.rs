//! Whether `NetworkManager` manages an interface, read from its files.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::store::regular::{self, Links};

/// The name of its process.
const NETWORK_MANAGER: &str = "NetworkManager";
/// The directory with its notes about each interface, below the root.
pub const NOTES: &str = "run/NetworkManager/devices";
/// A note has a few lines.
const MAX_NOTE: u64 = 64 * 1024;

/// Whether `NetworkManager` manages an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Management {
    /// It does not run here, or the user has excluded the interface.
    No,
    /// Yes.
    Yes,
    /// It runs, and there is no note about the interface.
    Unknown,
}

/// Whether `NetworkManager` manages an interface. `root` is `/` except in tests.
///
/// Its notes in `/run/NetworkManager/devices` stay after its end, so they count only while a process of
/// that name runs in our network namespace.
#[must_use]
pub fn network_manager(root: &Path, ifindex: u32) -> Management {
    if !runs_here(&root.join("proc"), NETWORK_MANAGER) {
        return Management::No;
    }
    noted(root, ifindex)
}

/// Its last note.
pub(super) fn noted(root: &Path, ifindex: u32) -> Management {
    let note = root.join(NOTES).join(ifindex.to_string());
    match regular::read(&note, Links::Refuse, MAX_NOTE) {
        Ok(bytes) => read(&String::from_utf8_lossy(&bytes)),
        Err(_) => Management::Unknown,
    }
}

/// Reads `managed` in the section `[device]` of a key file.
fn read(text: &str) -> Management {
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        if section == "[device]" && key.trim_end() == "managed" {
            return match value.trim_start() {
                "true" | "1" | "yes" | "on" => Management::Yes,
                "false" | "0" | "no" | "off" => Management::No,
                _ => Management::Unknown,
            };
        }
    }
    Management::Unknown
}

/// Whether a process of this name runs in our network namespace, or in one that we are not allowed to see.
fn runs_here(proc: &Path, name: &str) -> bool {
    let ours = fs::read_link(proc.join("self/ns/net")).ok();
    let Ok(entries) = fs::read_dir(proc) else {
        return false;
    };
    let processes = entries.flatten().filter(|entry| {
        let file = entry.file_name();
        file.as_bytes().iter().all(u8::is_ascii_digit)
    });
    processes
        .map(|entry| entry.path())
        .filter(|process| {
            fs::read(process.join("comm")).is_ok_and(|comm| comm.trim_ascii() == name.as_bytes())
        })
        .any(
            |process| match (fs::read_link(process.join("ns/net")), &ours) {
                (Ok(its), Some(ours)) => its == *ours,
                _ => true,
            },
        )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    const CARD: u32 = 7;

    /// A machine on which a process of this name runs in the network namespace `net:[2]`, and we in `ours`, with
    /// a note about the card.
    fn machine(process: &str, ours: &str, note: Option<&str>) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        let proc = root.path().join("proc");
        for (id, name, namespace) in [("self", "macveil", ours), ("41", process, "net:[2]")] {
            fs::create_dir_all(proc.join(id).join("ns")).unwrap();
            fs::write(proc.join(id).join("comm"), format!("{name}\n")).unwrap();
            symlink(namespace, proc.join(id).join("ns/net")).unwrap();
        }
        let devices = root.path().join(NOTES);
        fs::create_dir_all(&devices).unwrap();
        if let Some(note) = note {
            fs::write(devices.join(CARD.to_string()), note).unwrap();
        }
        root
    }

    #[test]
    fn note_counts_while_network_manager_runs() {
        for (note, expected) in [
            (
                "[device]\nmanaged=true\nconnection-uuid=1\n",
                Management::Yes,
            ),
            ("[device]\nmanaged=false\n", Management::No),
            ("[device]\nperm-hw-addr-fake=2\n", Management::Unknown),
            ("[other]\nmanaged=true\n", Management::Unknown),
            ("[device]\nmanaged=perhaps\n", Management::Unknown),
            ("\u{0}[[=\n=", Management::Unknown),
        ] {
            let root = machine("NetworkManager", "net:[2]", Some(note));
            assert_eq!(network_manager(root.path(), CARD), expected, "{note}");
        }
        let root = machine("NetworkManager", "net:[2]", None);
        assert_eq!(network_manager(root.path(), CARD), Management::Unknown);
    }

    #[test]
    fn note_of_network_manager_elsewhere_does_not_count() {
        let note = Some("[device]\nmanaged=true\n");
        for (process, ours) in [
            ("NetworkManagers", "net:[2]"),
            ("NetworkManager", "net:[1]"),
        ] {
            let root = machine(process, ours, note);
            assert_eq!(network_manager(root.path(), CARD), Management::No);
        }
    }

    #[test]
    fn network_manager_in_hidden_namespace_counts_as_here() {
        let root = machine(
            "NetworkManager",
            "net:[1]",
            Some("[device]\nmanaged=true\n"),
        );
        fs::remove_file(root.path().join("proc/41/ns/net")).unwrap();
        assert_eq!(network_manager(root.path(), CARD), Management::Yes);
    }
}
