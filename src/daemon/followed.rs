//! Changes of the status of managed interfaces, for clients that follow events and for the metrics file. A
//! change of times alone is not reported.

use super::Daemon;
use super::control::Server;
use crate::protocol::{EventLine, Reply, Status};

/// The status as last reported.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// Empty unless a client follows events or there is a metrics file.
    status: Vec<Status>,
    /// Interfaces with events since. Comparing all of many interfaces would cost more than the events.
    touched: Vec<u32>,
}

impl Published {
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

    /// Whether the status differs from the last one.
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
    /// Answers a client that follows events from now on.
    pub(super) fn followed(&mut self, interface: Option<&String>) -> Reply {
        self.control.published.status = self.managed();
        let mut all = self.status();
        all.retain(|status| interface.is_none_or(|name| *name == status.interface.name));
        Reply::Events { interfaces: all }
    }

    /// The status of managed interfaces, which needs no request to the kernel.
    fn managed(&self) -> Vec<Status> {
        let stations = self.interfaces.managed.values();
        stations.map(|it| it.status().without_times()).collect()
    }

    /// Reports changes. To be called when all events are handled.
    pub(super) fn publish(&mut self) {
        let touched = std::mem::take(&mut self.control.published.touched);
        let is_followed = self
            .control
            .server
            .as_ref()
            .is_some_and(Server::is_followed);
        let is_new = self.follow_metrics_file();
        if !is_followed && self.environment.config.metrics_file.is_none() {
            self.control.published.status = Vec::new();
            return;
        }
        if is_new && !is_followed {
            self.control.published.status = self.managed();
        }
        let changed = touched.into_iter().filter(|&ifindex| self.show(ifindex));
        if changed.count() > 0 || is_new {
            self.write_metrics();
        }
    }

    /// Reports a change of the interface to clients. Whether there was one.
    fn show(&mut self, ifindex: u32) -> bool {
        let event = match self.interfaces.managed.get(&ifindex).map(|it| it.status()) {
            Some(status) => {
                if !self.control.published.put(status.clone().without_times()) {
                    return false;
                }
                EventLine::status(status)
            }
            None => match self.control.published.remove(ifindex) {
                Some(gone) => EventLine::unmanaged(&gone.interface.name),
                None => return false,
            },
        };
        if let Some(control) = &self.control.server {
            control.send(event);
        }
        true
    }
}
