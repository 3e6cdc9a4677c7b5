//! Valid and malformed iwd files.

use std::fs::{File, FileTimes, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;
use macveil_core::types::Ssid;

const OURS: Mac = Mac([2, 0, 0, 0, 0, 7]);

fn id() -> KnownNetworkId {
    KnownNetworkId {
        ssid: Ssid::new(b"Home").unwrap(),
        security: Security::Psk,
    }
}

struct Home {
    directory: TempDir,
    networks: KnownNetworks,
}

impl Home {
    fn new() -> Self {
        Self::within(None)
    }

    fn within(directory: Option<&Path>) -> Self {
        let directory = directory.map_or_else(tempfile::tempdir, tempfile::tempdir_in);
        let directory = directory.unwrap();
        let networks = KnownNetworks::new(directory.path().to_owned());
        Self {
            directory,
            networks,
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("Home.psk")
    }

    fn with(text: &str) -> Self {
        let home = Self::new();
        fs::write(home.path(), text).unwrap();
        home
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn set(&self) -> Result<Change, FileError> {
        self.networks.set_address_override(&id(), OURS)
    }

    fn only(&self) -> KnownNetwork {
        self.networks.list().unwrap().pop().unwrap()
    }

    /// Asserts that the directory contains exactly these files.
    fn assert_files(&self, expected: &[&str]) {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, expected);
    }
}

#[test]
fn each_network_is_listed_with_its_settings() {
    let home = Home::new();
    let put = |name: &str, text: &str| fs::write(home.directory.path().join(name), text).unwrap();
    put(
        "Home.psk",
        "[Settings]\nHidden=True\nAddressOverride=02:00:00:00:00:07\n",
    );
    put("=436166c3a9.open", "");
    put(
        "Work.8021x",
        "[Settings]\nAlwaysRandomizeAddress=1\nAutoConnect=false\nAddressOverride=03:00:00:00:00:07\n",
    );
    put("odd.psk", "[Settings\n");
    put(".known_network.freq", "");
    put("Home.psk.Xy12aB.tmp", "");
    fs::create_dir(home.directory.path().join("hotspot")).unwrap();
    let seen: Vec<_> = home.networks.list().unwrap();
    let seen: Vec<_> = seen
        .iter()
        .map(|network| {
            let flags = [
                network.hidden,
                network.autoconnect,
                network.always_randomize,
                network.problem.is_some(),
            ];
            (network.id.file_name(), flags, network.address_override)
        })
        .collect();
    let row = |name: &str, flags, address| (name.to_owned(), flags, address);
    assert_eq!(
        seen,
        [
            row("=436166c3a9.open", [false, true, false, false], None),
            row("Home.psk", [true, true, false, false], Some(OURS)),
            row("Work.8021x", [false, false, true, false], None),
            row("odd.psk", [false, true, false, true], None),
        ]
    );
}

#[test]
fn address_is_accepted_only_in_iwds_format() {
    for (value, expected) in [
        ("02:00:00:00:00:07", Some(OURS)),
        ("02-00-00-00-00-07", None),
        ("2:0:0:0:0:7", None),
        ("02:00:00:00:00:07 ", None),
        ("01:00:00:00:00:07", None),
        ("00:00:00:00:00:00", None),
    ] {
        assert_eq!(address(value), expected, "{value}");
    }
}

#[test]
fn change_keeps_the_mtime_and_private_mode() {
    let home = Home::with("[Security]\nPassphrase=secret\n");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::new(1_600_000_000, 123_456_789);
    let file = File::options().write(true).open(home.path()).unwrap();
    file.set_times(FileTimes::new().set_modified(long_ago))
        .unwrap();
    file.set_permissions(Permissions::from_mode(0o644)).unwrap();
    drop(file);

    let before = home.only().original;
    assert_eq!(home.set().unwrap(), Change::From(before.clone()));
    assert_eq!(
        home.text(),
        "[Security]\nPassphrase=secret\n\n[Settings]\nAddressOverride=02:00:00:00:00:07\n"
    );
    let written = fs::metadata(home.path()).unwrap();
    assert_eq!(written.modified().unwrap(), long_ago);
    assert_eq!(written.mode() & 0o7777, 0o600);
    home.assert_files(&["Home.psk"]);

    assert_eq!(home.set().unwrap(), Change::None);
    let same = fs::metadata(home.path()).unwrap();
    assert_eq!(
        (same.ino(), same.ctime_nsec()),
        (written.ino(), written.ctime_nsec())
    );

    home.networks.restore(&id(), &before).unwrap();
    assert_eq!(home.text(), "[Security]\nPassphrase=secret\n");
    assert_eq!(
        fs::metadata(home.path()).unwrap().modified().unwrap(),
        long_ago
    );
    home.assert_files(&["Home.psk"]);
}

#[test]
fn user_settings_are_restored_exactly() {
    let text =
        "[Settings]\nAlwaysRandomizeAddress = TRUE\nAddressOverride= 06:00:00:00:00:01\n# mine";
    let home = Home::with(text);
    let Change::From(original) = home.set().unwrap() else {
        panic!("nothing has changed");
    };
    assert_eq!(
        home.text(),
        "[Settings]\nAlwaysRandomizeAddress = false\nAddressOverride= 02:00:00:00:00:07\n# mine"
    );
    home.networks.restore(&id(), &original).unwrap();
    assert_eq!(home.text(), text);
}

#[test]
fn forgotten_network_is_not_restored() {
    let home = Home::new();
    assert!(home.set().unwrap_err().is_not_found());
    home.networks.restore(&id(), &Original::default()).unwrap();
    home.assert_files(&[]);
}

#[test]
fn temporary_files_of_a_killed_macveil_are_removed() {
    let home = Home::with("");
    fs::write(home.directory.path().join("Home.psk.macveil.tmp"), "x").unwrap();
    fs::write(home.directory.path().join("Home.psk.Xy12aB.tmp"), "").unwrap();
    home.networks.remove_temporary_files().unwrap();
    home.assert_files(&["Home.psk", "Home.psk.Xy12aB.tmp"]);
}

#[test]
fn malformed_file_is_rejected_and_unchanged() {
    let rejected = |home: &Home, words: &str| {
        let error = home.set().unwrap_err().to_string();
        assert!(
            error.contains("Home.psk: ") && error.contains(words),
            "{error}"
        );
        let listed = home.only().problem.unwrap().to_string();
        assert!(listed.contains(words), "{listed}");
        home.assert_files(&["Home.psk"]);
    };
    for (text, words) in [
        ("[Settings]\n\0\n", "not text"),
        ("Passphrase=secret", "line 1"),
        (&*"#".repeat(256 * 1024 + 1), "larger than 262144 bytes"),
    ] {
        let home = Home::with(text);
        rejected(&home, words);
        assert_eq!(home.text(), text);
    }
    let home = Home::new();
    symlink("/etc/passwd", home.path()).unwrap();
    rejected(&home, "symbolic link");
    let home = Home::new();
    fs::create_dir(home.path()).unwrap();
    rejected(&home, "not a regular file");
    let home = Home::new();
    rustix::fs::mkfifoat(rustix::fs::CWD, home.path(), 0o600.into()).unwrap();
    rejected(&home, "not a regular file");
    let home = Home::with("");
    chown(home.path(), Some(65534), None).expect("requires root");
    rejected(&home, "belongs to user 65534");
}

#[test]
fn what_is_written_in_place_is_not_lost() {
    let home = Home::with("[Security]\nPassphrase=before\n");
    // As a shell does: empty at first.
    let mut file = File::create(home.path()).unwrap();
    assert!(home.set().unwrap_err().to_string().contains("is writing"));
    assert_eq!(home.text(), "");
    file.write_all(b"[Security]\nPassphrase=after\n").unwrap();
    drop(file);
    home.set().unwrap();
    let expected = format!("[Security]\nPassphrase=after\n\n[Settings]\nAddressOverride={OURS}\n");
    assert_eq!(home.text(), expected);
    home.assert_files(&["Home.psk"]);
}

#[test]
fn writers_in_place_and_macveil_lose_nothing() {
    let home = Home::with("[Security]\nPassphrase=0\n");
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 1..=300 {
                let mut file = File::create(home.path()).unwrap();
                thread::sleep(Duration::from_micros(number));
                writeln!(file, "[Security]\nPassphrase={number}").unwrap();
            }
        });
        while !writer.is_finished() {
            let _ = home.set();
        }
    });
    home.set().unwrap();
    assert!(home.text().contains("Passphrase=300\n"), "{}", home.text());
}

/// Changes a file like iwd: reads it, writes another file and renames that (`write_file`, `storage.c`).
fn write_like_iwd(path: &Path, edit: impl Fn(&mut Text)) {
    let mut text = Text::parse(&fs::read(path).unwrap()).unwrap();
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    edit(&mut text);
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".Xy12aB.tmp");
    let mut file = File::create(&temporary).unwrap();
    file.write_all(text.to_string().as_bytes()).unwrap();
    file.set_times(FileTimes::new().set_modified(modified))
        .unwrap();
    drop(file);
    fs::rename(&temporary, path).unwrap();
}

/// Edits settings in turn like iwd. Each edit must still be in the file at the next edit.
///
/// Ends when both sides have made enough edits.
fn edit_like_iwd(path: &Path, ours: &AtomicU16) -> u16 {
    let keys: Vec<_> = (0..20).map(|number| format!("Iwd{number}")).collect();
    let mut values = vec![None; keys.len()];
    let mut edit = 0;
    while edit < EDITS || ours.load(Relaxed) < EDITS {
        let at = usize::from(edit) % keys.len();
        let value = edit.to_string();
        write_like_iwd(path, |text| {
            for (key, value) in keys.iter().zip(&values) {
                let there = text.value(Place { group: GROUP, key });
                assert_eq!(there, value.as_deref(), "{key}");
            }
            let key = &keys[at];
            text.set(Place { group: GROUP, key }, &value);
        });
        values[at] = Some(value);
        edit += 1;
    }
    edit
}

const EDITS: u16 = 1000;

#[test]
fn concurrent_edits_lose_no_change() {
    // In memory if possible: waiting for a disk would keep the two writers apart.
    let home = Home::within(Some(Path::new("/dev/shm")).filter(|path| path.is_dir()));
    fs::write(home.path(), "[Security]\nPassphrase=secret\n").unwrap();
    let (path, ours) = (home.path(), AtomicU16::new(0));
    let theirs = thread::scope(|scope| {
        let iwd = scope.spawn(|| edit_like_iwd(&path, &ours));
        while !iwd.is_finished() {
            let [high, low] = ours.load(Relaxed).to_be_bytes();
            let address = Mac([2, 0, 0, 1, high, low]);
            // Refused while a process that another test starts has the file from here.
            if let Ok(change) = home.networks.set_address_override(&id(), address) {
                assert_ne!(change, Change::None, "no other program writes {address}");
                ours.fetch_add(1, Relaxed);
            }
        }
        iwd.join().unwrap()
    });
    // After iwd stops, one more check suffices; macveil checks whenever a file changes.
    home.set().unwrap();
    let text = Text::parse(home.text().as_bytes()).unwrap();
    assert_eq!(text.value(ADDRESS), Some("02:00:00:00:00:07"));
    let iwd = (0..20).map(|number| format!("Iwd{number}"));
    let values = iwd.filter_map(|key| {
        let value = text.value(Place {
            group: GROUP,
            key: &key,
        })?;
        value.parse().ok()
    });
    let mut values: Vec<u16> = values.collect();
    values.sort_unstable();
    assert!(values.into_iter().eq(theirs - 20..theirs));
    let passphrase = Place {
        group: "Security",
        key: "Passphrase",
    };
    assert_eq!(text.value(passphrase), Some("secret"));
    home.assert_files(&["Home.psk"]);
}
