//! Without the feature `dbus` no network manager is detected.

use std::path::PathBuf;

use super::ActiveManagers;

/// Reports once that no network manager runs.
pub struct ManagerWatch {
    has_reported: bool,
}

impl ManagerWatch {
    /// As with the feature `dbus`.
    #[must_use]
    pub fn new(_root: PathBuf) -> Self {
        Self {
            has_reported: false,
        }
    }

    /// Returns at once the first time, and never again.
    pub async fn next(&mut self) -> ActiveManagers {
        if std::mem::replace(&mut self.has_reported, true) {
            std::future::pending::<()>().await;
        }
        ActiveManagers::default()
    }
}
