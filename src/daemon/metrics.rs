//! A file in Prometheus' text format, for the textfile collector of `node_exporter` for example. Every user
//! can read it: it contains no address and no network name.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tracing::warn;

use super::Daemon;
use crate::protocol::{InterfaceStatus, Status, word};
use crate::store::atomic;
use macveil_core::machine::StateKind;

const MODE: u32 = 0o644;

/// The file as last written.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    path: Option<PathBuf>,
    text: String,
    complained: bool,
}

impl Daemon {
    /// Takes the file from the configuration. Whether it is a new one.
    pub(super) fn follow_metrics_file(&mut self) -> bool {
        let wanted = self.environment.config.metrics_file.as_deref();
        if self.control.metrics.path.as_deref() == wanted {
            return false;
        }
        self.control.metrics.remove();
        self.control.metrics.path = wanted.map(Path::to_owned);
        wanted.is_some()
    }

    /// Writes the file if its text has changed.
    pub(super) fn write_metrics(&mut self) {
        let Some(path) = &self.control.metrics.path else {
            return;
        };
        let text = text_of(self.control.published.status());
        if text != self.control.metrics.text {
            let written = write(path, &text);
            if let (Err(error), false) = (&written, self.control.metrics.complained) {
                warn!("metrics-file: cannot write {}: {error}", path.display());
            }
            self.control.metrics.complained = written.is_err();
            // A text that could not be written is not tried again before it changes.
            self.control.metrics.text = text;
        }
    }
}

impl Metrics {
    /// Removes the file: its text no longer applies.
    fn remove(&mut self) {
        if let Some(path) = self.path.take()
            && atomic::require_replaceable(&path).is_ok()
        {
            let _ = fs::remove_file(path);
        }
        self.text.clear();
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Replaces the file at once. It need not survive a power failure.
fn write(path: &Path, text: &str) -> io::Result<()> {
    atomic::require_replaceable(path)?;
    let temporary = path.with_extension("new");
    let _ = fs::remove_file(&temporary);
    let written = write_new(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    // Whatever the umask is.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(text.as_bytes())
}

/// Name, description, whether it is a counter, and value.
type Metric = (
    &'static str,
    &'static str,
    bool,
    fn(&InterfaceStatus) -> u32,
);

const METRICS: [Metric; 10] = [
    ("blocked", "Held down, or not protected", false, |it| {
        it.problem.is_some().into()
    }),
    ("limitations", "Guarantees that do not hold", false, |it| {
        u32::try_from(it.limitations.len()).unwrap_or(u32::MAX)
    }),
    ("paused", "Paused by the user", false, |it| it.paused.into()),
    ("masks_total", "Masks set", true, |it| it.counters.masks),
    ("scans_total", "Scans of macveil, all masked", true, |it| {
        it.counters.scans
    }),
    (
        "external_scans_total",
        "Scans by other programs",
        true,
        |it| it.counters.external_scans,
    ),
    (
        "leaking_scans_total",
        "Scans that began under the assigned address, and were ended",
        true,
        |it| it.counters.leaking_scans,
    ),
    ("associations_total", "Associations", true, |it| {
        it.counters.associations
    }),
    (
        "failed_associations_total",
        "Associations that failed",
        true,
        |it| it.counters.failed_associations,
    ),
    (
        "wrong_peers_total",
        "Attempts at an access point that may not see the address",
        true,
        |it| it.counters.wrong_peers,
    ),
];

fn text_of(all: &[Status]) -> String {
    let mut text = String::new();
    let managed: Vec<_> = all
        .iter()
        .filter_map(|it| Some((it, it.details.as_ref()?)))
        .collect();
    head(
        &mut text,
        "interface",
        "The state and the kind of address",
        false,
    );
    for (status, details) in &managed {
        begin(&mut text, "interface", status);
        let state = status.interface.state.map_or("", StateKind::name);
        let kind = word(&details.address_kind);
        let _ = writeln!(text, ",state=\"{state}\",address=\"{kind}\"}} 1");
    }
    for (name, help, grows, value) in METRICS {
        head(&mut text, name, help, grows);
        for (status, details) in &managed {
            begin(&mut text, name, status);
            let _ = writeln!(text, "}} {}", value(details));
        }
    }
    text
}

fn head(text: &mut String, name: &str, help: &str, grows: bool) {
    let kind = if grows { "counter" } else { "gauge" };
    let _ = writeln!(
        text,
        "# HELP macveil_{name} {help}.\n# TYPE macveil_{name} {kind}"
    );
}

fn begin(text: &mut String, name: &str, status: &Status) {
    let _ = write!(text, "macveil_{name}{{interface=\"");
    for character in status.interface.name.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Interface;
    use macveil_core::machine::{AddressKind, Counters, Limitation, NextChange};
    use macveil_core::types::DeviceKind;
    use macveil_core::types::Mac;

    fn status(name: &str) -> Status {
        let details = InterfaceStatus {
            driver: "ath9k".to_owned(),
            backend: None,
            up: true,
            state_ms: 5,
            address_kind: AddressKind::Mask,
            permanent: false,
            address_ms: 7,
            next_change: NextChange::NextScan,
            ssid: None,
            method: None,
            method_reason: None,
            problem: None,
            retry_ms: None,
            paused: false,
            pause_ms: None,
            limitations: vec![Limitation::SequenceNumbers],
            counters: Counters {
                masks: 12,
                scans: 3,
                ..Counters::default()
            },
        };
        Status {
            interface: Interface {
                name: name.to_owned(),
                ifindex: 3,
                kind: DeviceKind::Wifi,
                address: Mac([2, 0, 0, 0, 0, 1]),
                state: Some(StateKind::Scanning),
            },
            managed_by: None,
            details: Some(details),
        }
    }

    #[test]
    fn samples_of_one_name_follow_their_description() {
        let left = Status {
            details: None,
            ..status("eth0")
        };
        let text = text_of(&[status("wlan0"), left, status("a\"b\\")]);
        let expected = r#"# HELP macveil_interface The state and the kind of address.
# TYPE macveil_interface gauge
macveil_interface{interface="wlan0",state="scanning",address="mask"} 1
macveil_interface{interface="a\"b\\",state="scanning",address="mask"} 1
# HELP macveil_blocked Held down, or not protected.
# TYPE macveil_blocked gauge
macveil_blocked{interface="wlan0"} 0
macveil_blocked{interface="a\"b\\"} 0
"#;
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains(
            "# HELP macveil_masks_total Masks set.\n# TYPE macveil_masks_total counter\n\
             macveil_masks_total{interface=\"wlan0\"} 12\n"
        ));
        assert!(text.contains("macveil_limitations{interface=\"wlan0\"} 1\n"));
        assert!(!text.contains("02:00") && !text.contains("eth0"));
    }

    #[test]
    fn file_is_readable_by_all_and_removed_at_the_end() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("macveil.prom");
        for text in ["first\n", "second\n"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            MODE
        );
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        drop(Metrics {
            path: Some(path),
            text: String::new(),
            complained: false,
        });
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn failed_write_leaves_no_temporary_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("macveil.prom");
        fs::create_dir(&path).unwrap();
        write(&path, "text").unwrap_err();
        let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
