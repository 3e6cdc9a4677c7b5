//! What macveil's requests do.

use macveil_core::machine::OnFailure;
use macveil_core::machine::wpa::{
    Failure, NetworkList, Phase, QuiesceReport, Reply, Request, SupplicantStatus,
};
use macveil_core::types::{KeyMgmt, Mac, Ssid};

use super::super::World;
use super::{Admits, Condition, KEPT, Settings, VALID};

impl World {
    /// Answers a request, after having done it.
    pub(super) fn answer(&mut self, request: Request) -> Reply {
        match request {
            Request::Attach if self.supplicant.phase == Condition::Connected => {
                let status = self.supplicant_status();
                self.supplicant.settings.autoconnect = false;
                self.supplicant.settings.passive = true;
                self.supplicant.settings.p2p = false;
                self.supplicant.settings.valid = VALID;
                self.supplicant.settings.kept = KEPT;
                self.supplicant.silence();
                self.park_hotspots();
                self.supplicant.imposed = true;
                self.supplicant.tells_requests = true;
                Reply::Quiesce(Ok(self.quieted(status, false)))
            }
            Request::Attach | Request::Quiesce => {
                let asked = self.supplicant.asked.take();
                let status = asked.unwrap_or_else(|| self.supplicant_status());
                let undone = self.supplicant.imposed && !self.supplicant.settings.passive;
                self.supplicant.tells_requests = false;
                self.disconnect();
                self.abort_scan();
                self.supplicant.settings = Settings {
                    passive: true,
                    p2p: false,
                    autoconnect: false,
                    scans: true,
                    valid: VALID,
                    kept: KEPT,
                    monitors: false,
                    admits: Admits::Nothing,
                    silenced: Vec::new(),
                    parked: Vec::new(),
                };
                self.supplicant.silence();
                self.park_hotspots();
                self.supplicant.imposed = true;
                Reply::Quiesce(Ok(self.quieted(status, undone)))
            }
            Request::Status => Reply::Status(Ok(self.supplicant_status())),
            Request::ListNetworks { bssids } => {
                self.park_hotspots();
                Reply::NetworkList(Ok(self.survey(&bssids)))
            }
            Request::SelectNetwork {
                ssid,
                except,
                limits,
                ..
            } => {
                self.supplicant.silence();
                if self.supplicant.imposed && !self.supplicant.settings.passive {
                    return Reply::Done(Err(Failure::Refused {
                        command: "GET passive_scan".to_owned(),
                        answer: "0".to_owned(),
                    }));
                }
                self.supplicant.settings.admits = Admits::Only(ssid, except, limits);
                Reply::Done(Ok(()))
            }
            Request::ForgetOwnAddress => Reply::Done(Ok(())),
            Request::Connect => Reply::Done(self.connect()),
            Request::AllowRoaming {
                ssid,
                except,
                limits,
            } => {
                self.supplicant.settings.admits = Admits::Only(ssid, except, limits);
                self.supplicant.settings.scans = true;
                self.supplicant.settings.monitors = true;
                self.measure_signal();
                Reply::Done(Ok(()))
            }
            Request::Roam { bssid } => {
                self.roam(bssid);
                Reply::Done(Ok(()))
            }
            Request::Silence => {
                self.supplicant.silence();
                Reply::Done(Ok(()))
            }
            Request::StartHotspot { id } => {
                self.start_hotspot(id);
                Reply::Done(Ok(()))
            }
            Request::Restore { resume } => {
                self.supplicant.settings = Settings::default();
                let refused = resume && !self.supplicant.knows_link_is_up;
                if resume && self.supplicant.imposed {
                    // A macveil that ends cannot ask again.
                    let stays = self.daemon.settings.on_failure == OnFailure::Open;
                    self.supplicant.is_left = refused && !stays;
                    self.reconnect();
                }
                self.supplicant.imposed = refused;
                Reply::Done(Ok(()))
            }
        }
    }

    fn connect(&mut self) -> Result<(), Failure> {
        self.supplicant.tells_requests = true;
        let hidden = self
            .supplicant
            .networks
            .iter()
            .any(|it| it.enabled && it.hidden);
        if hidden || !self.supplicant.settings.passive {
            self.supplicant.settings.scans = false;
        }
        if !self.supplicant.knows_link_is_up {
            return Err(Failure::Refused {
                command: "RECONNECT".to_owned(),
                answer: "FAIL".to_owned(),
            });
        }
        self.reconnect();
        Ok(())
    }

    pub fn supplicant_status(&self) -> SupplicantStatus {
        let supplicant = &self.supplicant;
        let attempt = supplicant.attempt.as_ref();
        let connected = supplicant.phase == Condition::Connected;
        let attempt = attempt.filter(|_| connected);
        let frequency = attempt.and_then(|it| it.ap.and_then(|ap| self.access_points.get(ap)));
        SupplicantStatus {
            phase: match supplicant.phase {
                _ if !supplicant.knows_link_is_up => Phase::LinkDown,
                Condition::Idle => Phase::Idle,
                Condition::Scanning => Phase::Scanning,
                Condition::Connecting => Phase::Connecting,
                Condition::Connected => Phase::Connected,
            },
            address: supplicant.own,
            bssid: attempt.map(|it| it.bssid),
            ssid: attempt.and_then(|it| self.configured_name(it.network)),
            id: attempt.map(|it| it.network),
            frequency: frequency.map(|ap| ap.frequency),
        }
    }

    /// It names the network as it is configured, also where the half that does OWE is called otherwise.
    fn configured_name(&self, id: u32) -> Option<Ssid> {
        let mut networks = self.supplicant.networks.iter();
        networks.find(|it| it.id == id).map(|it| it.ssid.clone())
    }

    fn survey(&self, bssids: &[Mac]) -> NetworkList {
        let networks = self
            .supplicant
            .networks
            .iter()
            .filter(|it| !it.is_hotspot)
            .map(|it| macveil_core::types::Network {
                id: it.id,
                ssid: Some(it.ssid.clone()),
                enabled: it.enabled,
                hidden: it.hidden,
                priority: it.priority,
                bssid: None,
                open: matches!(it.way, KeyMgmt::Open | KeyMgmt::Owe),
                key_mgmt: vec![it.way],
                id_str: it.id_str.clone(),
            });
        let table = self.supplicant.table.iter().map(|known| &known.entry);
        NetworkList {
            networks: networks.collect(),
            other: self.other_mode(),
            table: table
                .filter(|entry| {
                    let mut networks = self.supplicant.networks.iter();
                    bssids.contains(&entry.bssid) || networks.any(|it| it.ssid == entry.ssid)
                })
                .cloned()
                .collect(),
        }
    }

    /// Every second one runs in a pid namespace where macveil cannot watch it.
    fn quieted(&self, status: SupplicantStatus, reconfigured: bool) -> QuiesceReport {
        QuiesceReport {
            status,
            had_own_randomization: false,
            reconfigured,
            is_watched: !self.supplicant.life.is_multiple_of(2),
        }
    }
}

/// The reply of the right kind to a request that is not carried out.
pub(super) fn decline(request: &Request, why: Failure) -> Reply {
    match request {
        Request::Attach | Request::Quiesce => Reply::Quiesce(Err(why)),
        Request::Status => Reply::Status(Err(why)),
        Request::ListNetworks { .. } => Reply::NetworkList(Err(why)),
        _ => Reply::Done(Err(why)),
    }
}
