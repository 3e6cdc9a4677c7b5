//! Where distributions keep lists of vendors.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Vendors, parse};
use macveil_core::address::Mac;

/// The longest list known has 5 MB.
const LONGEST: u64 = 32 * 1024 * 1024;

/// Lists, the newest and most complete first; those in one row belong together.
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

/// Prefixes of wireless cards; old, and read in addition.
const WIRELESS: &str = "usr/share/macchanger/wireless.list";

/// There is no list to learn from.
#[derive(Debug, thiserror::Error)]
pub enum NoList {
    /// None is installed.
    #[error(
        "there is no list of vendors on this machine: install ieee-data (Debian, Ubuntu), hwdata (Fedora, Arch), udev's hardware database, nmap-common, or macchanger; or name a file with --vendor-list"
    )]
    Nowhere,
    /// The file cannot be read.
    #[error("cannot read the list {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{path} lists no vendors in any known format")]
    Nothing {
        /// The file.
        path: PathBuf,
    },
}

/// Lists as they were read. There is a vendor in them.
#[derive(Debug)]
pub struct Lists(Vec<List>);

#[derive(Debug)]
struct List {
    text: String,
    /// It is of wireless cards.
    card: bool,
}

impl Lists {
    /// All vendors.
    #[must_use]
    pub fn vendors(&self) -> Vendors {
        self.pick(|_| true)
    }

    /// The vendors of these addresses: known much sooner than all.
    #[must_use]
    pub fn vendors_of(&self, addresses: &[Mac]) -> Vendors {
        self.pick(|prefix| addresses.iter().any(|&address| prefix.has(address)))
    }

    fn pick(&self, is_wanted: impl Fn(super::Prefix) -> bool) -> Vendors {
        let mut vendors = Vendors::default();
        for List { text, card } in &self.0 {
            vendors.add(text, *card, &is_wanted);
        }
        vendors
    }
}

/// What is installed under `root`, which is `/` but in tests: the best list, and that of wireless cards.
///
/// # Errors
/// There is none that can be read.
pub fn installed(root: &Path) -> Result<Lists, NoList> {
    let mut lists = LISTS
        .iter()
        .map(|files| all(root, files))
        .find(|lists| lists.iter().any(lists_a_vendor))
        .ok_or(NoList::Nowhere)?;
    if let Ok(text) = read(&root.join(WIRELESS)) {
        lists.push(List { text, card: true });
    }
    Ok(Lists(lists))
}

/// What a file of any known format says.
///
/// # Errors
/// It cannot be read, is too long, or is no list.
pub fn from_file(path: &Path) -> Result<Lists, NoList> {
    let path = path.to_owned();
    let text = match read(&path) {
        Ok(text) => text,
        Err(source) => return Err(NoList::Unreadable { path, source }),
    };
    let list = List { text, card: false };
    if !lists_a_vendor(&list) {
        return Err(NoList::Nothing { path });
    }
    Ok(Lists(vec![list]))
}

fn lists_a_vendor(list: &List) -> bool {
    parse::entries(&list.text).any(|(_, name)| parse::cleaned(name).is_some())
}

/// The first file has to be there; the others make it more exact.
fn all(root: &Path, files: &[&str]) -> Vec<List> {
    let mut lists = Vec::new();
    for (index, file) in files.iter().enumerate() {
        match read(&root.join(file)) {
            Ok(text) => lists.push(List { text, card: false }),
            Err(_) if index == 0 => break,
            Err(_) => {}
        }
    }
    lists
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LONGEST + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST) {
        let text = String::from_utf8(bytes);
        return Ok(text.unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()));
    }
    let too_long = format!("it has more than {} MB", LONGEST / (1024 * 1024));
    Err(io::Error::new(io::ErrorKind::FileTooLarge, too_long))
}
