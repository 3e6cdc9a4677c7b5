//! An interface that iwd drives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::machine::{Client, Report};
use super::{Daemon, clock};
use crate::platform::iwd::{CONFIGURATION, STATE_DIRECTORY, Target, run};
use crate::protocol::Backend;
use macveil_core::machine::iwd::{IwdEvent, Request};

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

    /// Tells iwd's interfaces which of them may connect next.
    pub(super) fn take_turns(&mut self) {
        let managed = self.interfaces.managed.iter();
        let of_iwd = managed.filter(|(_, it)| it.backend() == Backend::Iwd);
        let mut states = BTreeMap::new();
        states.extend(of_iwd.map(|(&ifindex, it)| (ifindex, it.state())));
        for (ifindex, turn) in self.managers.turns.tell(clock::now().boot, &states) {
            self.report(ifindex, Report::Iwd(IwdEvent::Turn(turn)));
        }
    }
}

/// What is read, and what is changed.
pub(super) fn needs() -> (PathBuf, PathBuf) {
    (CONFIGURATION.into(), STATE_DIRECTORY.into())
}
