//! What others are told of the interfaces that macveil manages, when it differs from the time before by more than
//! time: whoever follows events, and whoever collects metrics.

use super::Daemon;
use super::managed::ManagedInterface;
use crate::protocol::{News, Reply, Server, Status};

/// What is known outside.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Kept only while somebody wants to know.
    status: Vec<Status>,
    /// Something has happened to these since. With many radios, to look at all of them costs more than
    /// what happened.
    touched: Vec<u32>,
}

impl Shown {
    pub(super) fn touch(&mut self, ifindex: u32) {
        if !self.touched.contains(&ifindex) {
            self.touched.push(ifindex);
        }
    }

    pub(super) fn status(&self) -> &[Status] {
        &self.status
    }

    fn position(&self, ifindex: u32) -> Option<usize> {
        let mut all = self.status.iter();
        all.position(|it| it.interface.ifindex == ifindex)
    }

    /// Whether it is another one than before.
    fn put(&mut self, status: Status) -> bool {
        let known = self.position(status.interface.ifindex);
        match known.and_then(|known| self.status.get_mut(known)) {
            Some(before) if *before == status => return false,
            Some(before) => *before = status,
            None => self.status.push(status),
        }
        true
    }

    fn remove(&mut self, ifindex: u32) -> Option<Status> {
        self.position(ifindex)
            .map(|known| self.status.remove(known))
    }
}

impl Daemon {
    /// Somebody follows from now on, who is told at first how the interfaces are.
    pub(super) fn followed(&mut self, interface: Option<&String>) -> Reply {
        self.shown.status = self.managed();
        let mut all = self.status();
        all.retain(|status| interface.is_none_or(|name| *name == status.interface.name));
        Reply::Events(all)
    }

    /// Those that the daemon can tell of without asking the kernel.
    fn managed(&self) -> Vec<Status> {
        let stations = self.stations.values();
        stations.map(|it| it.status().without_times()).collect()
    }

    /// To be called when all that has happened was dealt with.
    pub(super) fn tell_others(&mut self) {
        let touched = std::mem::take(&mut self.shown.touched);
        let is_followed = self.control.as_ref().is_some_and(Server::is_followed);
        let is_new = self.follow_metrics_file();
        if !is_followed && self.config.metrics_file.is_none() {
            self.shown.status = Vec::new();
            return;
        }
        if is_new && !is_followed {
            self.shown.status = self.managed();
        }
        let changed = touched.into_iter().filter(|&ifindex| self.show(ifindex));
        if changed.count() > 0 || is_new {
            self.write_metrics();
        }
    }

    /// Whether there is something new of the interface; then whoever follows is told.
    fn show(&mut self, ifindex: u32) -> bool {
        let news = match self.stations.get(&ifindex).map(ManagedInterface::status) {
            Some(status) => {
                if !self.shown.put(status.clone().without_times()) {
                    return false;
                }
                News::status(&status)
            }
            None => match self.shown.remove(ifindex) {
                Some(gone) => News::gone(&gone.interface.name),
                None => return false,
            },
        };
        if let Some(control) = &self.control {
            control.say(&news);
        }
        true
    }
}
