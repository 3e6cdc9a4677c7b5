//! The files that the checks need.

use super::dhcp::{files_of_processes as dhcp_files, networkd};
use super::facts::PROGRAMS;
use super::kernel::{configuration_files as configuration_files_of, module_list};
use super::link_file::{DROP_INS, NETWORK_DIRECTORIES};
use super::processes::Process;
use super::supplicant::{VOID_FILE, configuration_files};
use super::units::{DIRECTORIES, TARGETS};

/// Paths to read.
#[derive(Debug, Default)]
pub(crate) struct FileList {
    /// Files to read.
    pub(crate) files: Vec<String>,
    /// Files that can be large.
    pub(crate) large: Vec<String>,
    /// Files in gzip format, and the names of their contents.
    pub(crate) compressed: Vec<(String, String)>,
    /// Directories whose files to read.
    pub(crate) directories: Vec<String>,
    /// Directories whose subdirectories with this ending have files to read.
    pub(crate) nested: Vec<(String, &'static str)>,
    /// Directories to list without reading.
    pub(crate) listed: Vec<String>,
    /// Paths to check for existence.
    pub(crate) paths: Vec<String>,
}

/// `*` is an interface's name, `#` its number.
const FILES: [&str; 16] = [
    "/etc/group",
    "/etc/iwd/main.conf",
    "/etc/network/interfaces",
    "/etc/default/macchanger",
    "/etc/dhcpcd.conf",
    "/etc/dhcp/dhclient.conf",
    "/etc/dhclient.conf",
    "/etc/dhcpcd.duid",
    "/var/lib/dhcpcd/duid",
    "/var/db/dhcpcd/duid",
    "/etc/udev/rules.d/81-macveil.rules",
    "/proc/net/if_inet6",
    "/proc/sys/net/ipv6/conf/*/addr_gen_mode",
    "/proc/sys/net/ipv6/conf/*/use_tempaddr",
    "/proc/sys/net/ipv6/conf/*/disable_ipv6",
    "/run/udev/data/n#",
];
const UNITS: [&str; 11] = [
    "macveil.service",
    "macveil-hooks.service",
    "iwd.service",
    "systemd-networkd.service",
    "wpa_supplicant@.service",
    "wpa_supplicant@*.service",
    "wpa_supplicant-nl80211@.service",
    "wpa_supplicant-nl80211@*.service",
    "netplan-wpa-*.service",
    "wpa_supplicant-*.service",
    "wpa_supplicant.service",
];
const PLAIN_DIRECTORIES: [&str; 3] = ["/var/lib/iwd", "/var/lib/dhcp", "/var/lib/dhclient"];
/// Directories with an entry for each service that starts at boot, without systemd.
const LISTED: [&str; 5] = [
    "/var/service",
    "/etc/runit/runsvdir/default",
    "/etc/sv",
    "/etc/runlevels/boot",
    "/etc/runlevels/default",
];
const CLIENTS: [&str; 2] = ["dhcpcd", "dhclient"];

/// Paths to read for these interfaces, given by name and index.
pub(crate) fn files_to_read(
    processes: &[Process],
    interfaces: &[(&str, u32)],
    release: &str,
) -> FileList {
    let mut wanted = FileList::default();
    wanted.paths.push("/run/systemd/system".to_owned());
    for directory in PROGRAMS {
        for client in CLIENTS {
            wanted.paths.push(joined(directory, client));
        }
    }
    for directory in PLAIN_DIRECTORIES
        .iter()
        .chain(&NETWORK_DIRECTORIES)
        .chain(&networkd::DROP_INS)
    {
        wanted.directories.push((*directory).to_owned());
    }
    for directory in NETWORK_DIRECTORIES {
        for ending in DROP_INS {
            wanted.nested.push((directory.to_owned(), ending));
        }
    }
    // Files of ifupdown can include others by patterns of directories.
    wanted.nested.push(("/etc/network".to_owned(), ""));
    let [proc, others @ ..] = configuration_files_of(release);
    wanted.compressed.push((format!("{proc}.gz"), proc));
    wanted.large.extend(others);
    wanted.large.push(module_list(release));
    wanted.files.push(VOID_FILE.to_owned());
    wanted.files.push(networkd::FILE.to_owned());
    let listed = LISTED.into_iter().map(str::to_owned);
    wanted.listed.extend(listed);
    wanted.files.append(&mut dhcp_files(processes));
    for directory in DIRECTORIES {
        for target in TARGETS {
            wanted.listed.push(joined(directory, target));
        }
    }
    for (name, number) in interfaces {
        let number = number.to_string();
        let about = |path: &str| path.replace('*', name).replace('#', &number);
        for file in FILES {
            wanted.files.push(about(file));
        }
        for unit in UNITS {
            for directory in DIRECTORIES {
                let file = joined(directory, &about(unit));
                wanted.directories.push(file.clone() + ".d");
                wanted.files.push(file);
            }
        }
        wanted
            .files
            .append(&mut configuration_files(processes, name));
    }
    wanted
}

fn joined(directory: &str, name: &str) -> String {
    [directory, "/", name].concat()
}
