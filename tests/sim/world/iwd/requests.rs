//! What macveil's requests do.

use std::time::Duration;

use macveil_core::machine::iwd::{IwdEvent, NetworkId, Request, StationPhase};

use super::{Due, Happening, World};

/// A scan so long after its request shows the address that iwd has by then, as a scan of iwd itself does.
const LATE: Duration = Duration::from_secs(10);

/// A request of macveil.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The life of the daemon.
    by: u32,
    at: Duration,
    request: Request,
}

impl World {
    pub(in crate::world) fn ask_iwd(&mut self, request: Request) {
        let asked = self.asked(request);
        self.iwd_later(300, 3_000, Due::Serves(asked));
    }

    fn asked(&self, request: Request) -> Asked {
        let (by, at) = (self.daemon.life(), self.now);
        Asked { by, at, request }
    }

    /// A file that is slow to be written keeps macveil waiting; iwd only keeps its caller waiting.
    pub(in crate::world) fn ask_iwd_late(&mut self, span: Duration, request: Request) {
        let asked = self.asked(request);
        self.after(span, Happening::Iwd(Due::Serves(asked)));
    }

    /// The request is lost on its way; files are not.
    pub(in crate::world) fn forget_to_ask_iwd(&mut self, request: Request) {
        if matches!(request, Request::Write { .. } | Request::Restore) {
            self.ask_iwd(request);
        }
    }

    pub(in crate::world) fn iwd_refuses(&mut self, request: Request) {
        let why = "net.connman.iwd.Failed".to_owned();
        self.tell_of_iwd(match request {
            Request::Write { network, .. } => IwdEvent::Written {
                network,
                result: Err("input/output error".to_owned()),
            },
            Request::Restore => IwdEvent::Released,
            Request::Disconnect | Request::Connect(_) | Request::Scan => IwdEvent::Refused { why },
        });
    }

    pub(super) fn serve_request(&mut self, asked: Asked) {
        let Asked { by, at, request } = asked;
        if by != self.daemon.life() {
            return;
        }
        let served = match &request {
            Request::Write { network, address } => {
                self.file_is_written(network.clone(), *address);
                true
            }
            Request::Restore => {
                self.user_edits_files();
                self.tell_of_iwd(IwdEvent::Released);
                true
            }
            Request::Disconnect => self.iwd_disconnects(),
            Request::Connect(id) => self.iwd_is_to_join(id),
            Request::Scan => self.iwd_is_to_search(self.now.saturating_sub(at) < LATE),
        };
        if !served {
            self.iwd_refuses(request);
        }
    }

    /// It joins nothing without a request from then on.
    pub(super) fn iwd_disconnects(&mut self) -> bool {
        let Some(station) = &mut self.iwd.station else {
            return false;
        };
        station.autoconnects = false;
        station.next = None;
        if station.phase == StationPhase::Disconnected {
            return true;
        }
        station.phase = StationPhase::Disconnecting;
        station.attempt = None;
        self.iwd.number += 1;
        self.tell_of_station();
        self.leave_association();
        let life = self.iwd.life;
        self.iwd_later(500, 5_000, Due::Disconnected(life));
        true
    }

    pub(super) fn iwd_is_to_join(&mut self, id: &NetworkId) -> bool {
        let found = self.iwd_finds(id).filter(|ap| self.iwd_has_network(*ap));
        let Some(station) = &mut self.iwd.station else {
            return false;
        };
        let Some(ap) = found.filter(|_| station.network.as_ref() != Some(id)) else {
            return false;
        };
        match station.phase {
            StationPhase::Disconnected if station.search.is_some() => {
                station.next = Some(id.clone());
            }
            StationPhase::Disconnected => self.iwd_joins(id.clone(), ap),
            _ => {
                self.iwd_disconnects();
                if let Some(station) = &mut self.iwd.station {
                    station.next = Some(id.clone());
                    station.autoconnects = true;
                }
            }
        }
        true
    }

    pub(super) fn iwd_is_to_search(&mut self, is_requested: bool) -> bool {
        let Some(station) = &self.iwd.station else {
            return false;
        };
        let free = matches!(
            station.phase,
            StationPhase::Disconnected | StationPhase::Connected
        );
        free && station.search.is_none() && self.iwd_searches(is_requested)
    }
}
