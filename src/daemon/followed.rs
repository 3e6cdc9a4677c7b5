//! What whoever follows events is told of interfaces that macveil manages: each status that differs from the one before by
//! more than time.

use super::Daemon;
use super::tended::Tended;
use crate::control::{News, Reply, Server, Status, without_times};

impl Daemon {
    /// Somebody follows from now on, who is told at first how the interfaces are.
    pub(super) fn followed(&mut self, interface: Option<&String>) -> Reply {
        let mut all = self.status();
        self.told_status = without_times(&self.managed());
        all.retain(|status| interface.is_none_or(|name| *name == status.interface.name));
        Reply::Events(all)
    }

    /// Those that the daemon can tell of without asking the kernel.
    pub(super) fn managed(&self) -> Vec<Status> {
        self.stations.values().map(Tended::status).collect()
    }

    /// To be called when all that has happened was dealt with.
    pub(super) fn tell_followers(&mut self) {
        if !self.control.as_ref().is_some_and(Server::is_followed) {
            self.told_status = Vec::new();
            return;
        }
        let now = self.managed();
        let comparable = without_times(&now);
        let before = std::mem::replace(&mut self.told_status, comparable);
        let Some(control) = &self.control else {
            return;
        };
        for (status, comparable) in now.iter().zip(&self.told_status) {
            if !before.contains(comparable) {
                control.say(&News::status(status));
            }
        }
        let is_gone = |status: &&Status| {
            let mut left = now.iter();
            !left.any(|it| it.interface.ifindex == status.interface.ifindex)
        };
        for status in before.iter().filter(is_gone) {
            control.say(&News::gone(&status.interface.name));
        }
    }
}
