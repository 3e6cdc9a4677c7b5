//! An interface that iwd drives.

use std::path::PathBuf;

use super::Daemon;
use super::machine::{Client, Report};
use crate::platform::iwd::{CONFIGURATION, STATE_DIRECTORY, Target, run};
use macveil_core::machine::iwd::Request;

const ROOT: &str = "/";
/// What iwd's files said before, in the state directory, because they outlive the machine's next start.
const ORIGINALS: &str = "iwd-originals";

impl Daemon {
    pub(super) fn client_of_iwd(&self, ifindex: u32, name: &str) -> Client<Request> {
        let target = Target {
            ifname: name.to_owned(),
            root: PathBuf::from(ROOT),
            saved_settings: self.environment.config.state_dir.join(ORIGINALS),
        };
        let report = self.reporter(ifindex, Report::Iwd);
        Client::start(|requests| run(target, requests, report))
    }
}

/// What is read, and what is changed.
pub(super) fn needs() -> (PathBuf, PathBuf) {
    (CONFIGURATION.into(), STATE_DIRECTORY.into())
}
