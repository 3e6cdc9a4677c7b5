//! What addresses depend on: the key, the machine, the boot and the time zone.

use std::path::{Path, PathBuf};

use rand::CryptoRng;

use super::key::{KeyError, load_or_create_key};
use super::regular::{self, Links};
use macveil_core::address::{Host, HostKey, MachineId, Zone};

/// The id of the installation (machine-id(5)). D-Bus has its own on machines without systemd.
const MACHINE_ID_FILES: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const BOOT_ID_FILE: &str = "/proc/sys/kernel/random/boot_id";
/// Of a time zone or a machine id, in bytes.
const MAX_SIZE: u64 = 1024 * 1024;
const ZONE_FILE: &str = "/etc/localtime";
/// Targets of the link [`ZONE_FILE`].
const ZONES: &str = "/usr/share/zoneinfo";

/// Reads everything, and creates a key if there is none. The error: there is no valid key, and none can be created.
pub fn read_host(state_dir: &Path, rng: &mut impl CryptoRng) -> (Host, Option<KeyError>) {
    let (key, error) = match load_or_create_key(state_dir, machine_id().as_ref(), rng) {
        Ok(key) => (key, None),
        Err(error) => (HostKey::missing(with_causes(&error)), Some(error)),
    };
    let host = Host {
        key,
        boot_id: boot_id(),
        zone: zone(),
    };
    (host, error)
}

/// The error and its cause.
#[must_use]
pub fn with_causes(error: &KeyError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// The targets of all these files, some of which are links.
#[must_use]
pub fn host_files() -> Vec<PathBuf> {
    let files = MACHINE_ID_FILES
        .into_iter()
        .chain([BOOT_ID_FILE, ZONE_FILE]);
    let there = files.filter_map(|file| Path::new(file).canonicalize().ok());
    there.chain([PathBuf::from(ZONES)]).collect()
}

/// The directories of all these files and of their targets: there, they can be replaced.
#[must_use]
pub fn host_directories() -> Vec<PathBuf> {
    let files = MACHINE_ID_FILES
        .into_iter()
        .chain([BOOT_ID_FILE, ZONE_FILE]);
    let files = files.map(PathBuf::from).chain(host_files());
    let there = files.filter(|file| file.exists());
    there
        .filter_map(|file| Some(file.parent()?.to_owned()))
        .chain([PathBuf::from(ZONES)])
        .collect()
}

/// Whether the sandbox refuses a file that was replaced since the start: without it the addresses would be others.
#[must_use]
pub fn is_host_denied() -> bool {
    let files = MACHINE_ID_FILES.into_iter().chain([ZONE_FILE]);
    let opened = files.map(|file| regular::open(Path::new(file), Links::Follow));
    let mut errors = opened.filter_map(Result::err);
    errors.any(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

/// The machine id from the first file that can be read, as in `NetworkManager`.
#[must_use]
pub fn machine_id() -> Option<MachineId> {
    let text = MACHINE_ID_FILES
        .iter()
        .find_map(|file| regular::read_text(Path::new(file), Links::Follow, MAX_SIZE).ok())?;
    MachineId::parse(&text)
}

/// The kernel's id of this boot.
#[must_use]
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string(BOOT_ID_FILE).ok()?;
    Some(text.trim_ascii().to_owned()).filter(|id| !id.is_empty())
}

/// The local time zone, or UTC if none is configured.
#[must_use]
pub fn zone() -> Zone {
    let file = regular::read(Path::new(ZONE_FILE), Links::Follow, MAX_SIZE).ok();
    file.and_then(|bytes| Zone::from_tzif(&bytes).ok())
        .unwrap_or_else(Zone::utc)
}
