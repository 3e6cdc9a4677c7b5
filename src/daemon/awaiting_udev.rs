//! New hardware belongs to udev until it has a name: udev may make the name of the address that the
//! card came with, and looks whether it still has it.

use std::path::Path;
use std::time::Duration;

use super::clock;
use macveil_core::machine::Time;

const UDEV: &str = "/run/udev";
/// Other programs also wait for udev before they use new hardware.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// An interface in another network namespace than udev's is never named by it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Interfaces that udev has not named yet, and since when.
#[derive(Debug, Default)]
pub(super) struct AwaitingUdev(Vec<(u32, Time)>);

impl AwaitingUdev {
    /// Whether the interface has to wait; if so, it is looked at again soon.
    pub(super) fn must_wait(&mut self, ifindex: u32) -> bool {
        let now = clock::now().boot;
        let known = self.0.iter().find(|(known, _)| *known == ifindex);
        let since = known.map_or(now, |&(_, since)| since);
        let waits =
            now.saturating_sub(since) < PATIENCE && is_being_named(Path::new(UDEV), ifindex);
        self.forget(ifindex);
        if waits {
            self.0.push((ifindex, since));
        }
        waits
    }

    pub(super) fn forget(&mut self, ifindex: u32) {
        self.0.retain(|(known, _)| *known != ifindex);
    }

    pub(super) fn all(&self) -> Vec<u32> {
        self.0.iter().map(|&(ifindex, _)| ifindex).collect()
    }

    pub(super) fn deadline(&self) -> Option<Time> {
        let waiting = !self.0.is_empty();
        waiting.then(|| clock::now().boot.saturating_add(LOOK_AGAIN))
    }
}

/// udev runs, and has not written down yet what it knows of the interface.
fn is_being_named(udev: &Path, ifindex: u32) -> bool {
    udev.join("control").exists() && !udev.join("data").join(format!("n{ifindex}")).exists()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_interface_is_udevs_until_it_has_written_it_down() {
        let udev = tempfile::tempdir().unwrap();
        assert!(!is_being_named(udev.path(), 3));
        fs::write(udev.path().join("control"), "").unwrap();
        assert!(is_being_named(udev.path(), 3));
        fs::create_dir(udev.path().join("data")).unwrap();
        fs::write(udev.path().join("data/n3"), "").unwrap();
        assert!(!is_being_named(udev.path(), 3));
        assert!(is_being_named(udev.path(), 4));
    }
}
