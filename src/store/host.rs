//! What is to be known of the machine for its addresses.

use std::path::{Path, PathBuf};

use rand::CryptoRng;

use super::key::{KeyError, load_or_create_key};
use macveil_core::address::{Host, MachineId, Zone};

/// Where the installation's identity is (machine-id(5)); D-Bus keeps its own on machines without systemd.
const MACHINE_ID_FILES: [&str; 2] = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const BOOT_ID_FILE: &str = "/proc/sys/kernel/random/boot_id";
const ZONE_FILE: &str = "/etc/localtime";
/// Where [`ZONE_FILE`] leads to, today or tomorrow.
const ZONES: &str = "/usr/share/zoneinfo";

/// The key, the boot and the clock of this machine; a key is made if there is none at all.
///
/// # Errors
///
/// There is no key, and none can be made.
pub fn read_host(state_dir: &Path, rng: &mut impl CryptoRng) -> Result<Host, KeyError> {
    Ok(Host {
        key: load_or_create_key(state_dir, machine_id().as_ref(), rng)?,
        boot_id: boot_id(),
        zone: zone(),
    })
}

/// Where all that is: these files are replaced rather than written to, and some are links.
#[must_use]
pub fn host_directories() -> Vec<PathBuf> {
    let files = MACHINE_ID_FILES
        .into_iter()
        .chain([BOOT_ID_FILE, ZONE_FILE]);
    let there =
        files.filter_map(|file| Some((Path::new(file), Path::new(file).canonicalize().ok()?)));
    there
        .flat_map(|(file, target)| [file.to_owned(), target])
        .filter_map(|file| Some(file.parent()?.to_owned()))
        .chain([PathBuf::from(ZONES)])
        .collect()
}

/// Who this machine is, if it knows: from the first of the files that can be read, as `NetworkManager`
/// does.
#[must_use]
pub fn machine_id() -> Option<MachineId> {
    let text = MACHINE_ID_FILES
        .iter()
        .find_map(|file| std::fs::read_to_string(file).ok())?;
    MachineId::parse(&text)
}

/// The kernel's name for this boot.
#[must_use]
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string(BOOT_ID_FILE).ok()?;
    Some(text.trim_ascii().to_owned()).filter(|id| !id.is_empty())
}

/// The local clock; UTC where none is set up.
#[must_use]
pub fn zone() -> Zone {
    let file = std::fs::read(ZONE_FILE).ok();
    file.and_then(|bytes| Zone::from_tzif(&bytes).ok())
        .unwrap_or_else(Zone::utc)
}
