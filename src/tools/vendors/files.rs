//! The files in which distributions ship lists of vendors.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Vendors, parse};
use macveil_core::types::Mac;

/// In bytes. The largest list known has 5 MB.
const MAX_FILE_SIZE: u64 = 32 * 1024 * 1024;

/// Lists, the newest and most complete first. The first file of a row is required, the others refine it.
const LISTS: [&[&str]; 11] = [
    &[
        "var/lib/ieee-data/oui.csv",
        "var/lib/ieee-data/mam.csv",
        "var/lib/ieee-data/oui36.csv",
        "usr/share/ieee-data/mam.csv",
        "usr/share/ieee-data/oui36.csv",
    ],
    &[
        "usr/share/ieee-data/oui.csv",
        "usr/share/ieee-data/mam.csv",
        "usr/share/ieee-data/oui36.csv",
    ],
    &["usr/share/ieee-data/oui.txt"],
    &["usr/share/hwdata/oui.txt"],
    &["usr/lib/udev/hwdb.d/20-OUI.hwdb"],
    &["lib/udev/hwdb.d/20-OUI.hwdb"],
    &["etc/udev/hwdb.d/20-OUI.hwdb"],
    &["usr/share/wireshark/manuf"],
    &["usr/share/nmap/nmap-mac-prefixes"],
    &["usr/share/arp-scan/ieee-oui.txt"],
    &["usr/share/macchanger/OUI.list"],
];

/// Old prefixes of wireless cards, read in addition.
const WIRELESS_LIST: &str = "usr/share/macchanger/wireless.list";

/// No list of vendors can be used.
#[derive(Debug, thiserror::Error)]
pub enum VendorListError {
    /// No list is installed.
    #[error(
        "no list of vendors is installed: install ieee-data (Debian, Ubuntu), hwdata (Fedora, Arch), udev's hardware database, nmap-common or macchanger, or pass a file with --vendor-list"
    )]
    NotInstalled,
    /// The file cannot be read.
    #[error("cannot read the list of vendors {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has another format.
    #[error("{path} is not a list of vendors in a known format")]
    Format {
        /// The file.
        path: PathBuf,
    },
}

/// The text of lists, with at least one vendor.
#[derive(Debug)]
pub struct VendorLists(Vec<List>);

#[derive(Debug)]
struct List {
    text: String,
    /// Whether it lists wireless cards.
    wireless: bool,
}

impl VendorLists {
    /// All vendors.
    #[must_use]
    pub fn vendors(&self) -> Vendors {
        self.pick(|_| true)
    }

    /// The vendors of these addresses, which is much faster than all vendors.
    #[must_use]
    pub fn vendors_of(&self, addresses: &[Mac]) -> Vendors {
        self.pick(|prefix| addresses.iter().any(|&address| prefix.has(address)))
    }

    fn pick(&self, is_wanted: impl Fn(super::Prefix) -> bool) -> Vendors {
        let mut vendors = Vendors::default();
        for List { text, wireless } in &self.0 {
            vendors.add(text, *wireless, &is_wanted);
        }
        vendors
    }
}

/// Reads the best list that is installed below `root` (`/` except in tests), and that of wireless cards.
///
/// # Errors
/// No list can be read.
pub fn installed(root: &Path) -> Result<VendorLists, VendorListError> {
    let mut lists = LISTS
        .iter()
        .map(|files| read_row(root, files))
        .find(|lists| lists.iter().any(has_vendors))
        .ok_or(VendorListError::NotInstalled)?;
    if let Ok(text) = read(&root.join(WIRELESS_LIST)) {
        lists.push(List {
            text,
            wireless: true,
        });
    }
    Ok(VendorLists(lists))
}

/// Reads a file in any known format.
///
/// # Errors
/// The file cannot be read, is too large, or is not a list.
pub fn from_file(path: &Path) -> Result<VendorLists, VendorListError> {
    let path = path.to_owned();
    let text = match read(&path) {
        Ok(text) => text,
        Err(source) => return Err(VendorListError::Read { path, source }),
    };
    let list = List {
        text,
        wireless: false,
    };
    if !has_vendors(&list) {
        return Err(VendorListError::Format { path });
    }
    Ok(VendorLists(vec![list]))
}

fn has_vendors(list: &List) -> bool {
    parse::entries(&list.text).any(|(_, name)| parse::cleaned(name).is_some())
}

/// Empty if the first file is missing.
fn read_row(root: &Path, files: &[&str]) -> Vec<List> {
    let mut lists = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match read(&root.join(file)) {
            Ok(text) => lists.push(List {
                text,
                wireless: false,
            }),
            Err(_) if index == 0 => break,
            Err(_) => {}
        }
    }
    lists
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_FILE_SIZE) {
        let text = String::from_utf8(bytes);
        return Ok(text.unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()));
    }
    let too_large = format!("it has more than {} MB", MAX_FILE_SIZE / (1024 * 1024));
    Err(io::Error::new(io::ErrorKind::FileTooLarge, too_large))
}
