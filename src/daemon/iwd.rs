//! An interface that iwd drives.

use std::path::PathBuf;

use super::Daemon;
use super::managed::Client;
use crate::platform::iwd::{CONFIGURATION, STATE_DIRECTORY, Target};

const ROOT: &str = "/";
/// What iwd's files said before, in the state directory, because they outlive the machine's next start.
const ORIGINALS: &str = "iwd-originals";

impl Daemon {
    pub(super) fn client_of_iwd(&self, ifindex: u32, name: &str) -> Client {
        let target = Target {
            ifname: name.to_owned(),
            root: PathBuf::from(ROOT),
            originals: self.config.state_dir.join(ORIGINALS),
        };
        Client::of_iwd(ifindex, target, self.told.clone())
    }
}

/// What is read, and what is changed.
pub(super) fn needs() -> (PathBuf, PathBuf) {
    (CONFIGURATION.into(), STATE_DIRECTORY.into())
}
