//! First contact with the supplicant: it is brought to rest, or its connection is adopted.

use std::time::Duration;

use super::{
    Activity, Associated, Blocked, Context, Disconnecting, Handler, Masking, NextState, Releasing,
    State,
};
use crate::machine::KernelError;
use crate::machine::event::Link;
use crate::machine::notice::{EndReason, NetworkRemark, Remark};
use crate::machine::wpa::backend::{
    NetworkList, Phase, QuiesceReport, Reply, Request, Supplicant, SupplicantStatus,
};
use crate::machine::wpa::peers::Decision;
use crate::scan::selection::Joined;
use crate::types::Ssid;

/// A link that did not go down is taken down again after this, before the supplicant's first scan.
const LINK_DOWN_RETRY: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(in crate::machine) struct Attaching {
    /// The connection of the supplicant, while its address is checked.
    found: Option<(Ssid, SupplicantStatus)>,
}

impl Attaching {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        if !cx.core.link.carrier {
            // A supplicant's first scan follows within 100 ms and carries a fingerprint.
            cx.set_link_down();
        }
        cx.request(Request::Attach);
        State::Attaching(Self { found: None })
    }

    fn attached(cx: &mut Context, report: QuiesceReport) -> State {
        if report.had_own_randomization {
            cx.remark(Remark::OwnRandomizationOff);
        }
        let status = report.status;
        match (status.phase, &status.ssid) {
            (Phase::Connected, Some(ssid)) => {
                cx.networks.entered = Some((ssid.clone(), cx.core.link.address));
                cx.request(Request::ListNetworks {
                    bssids: status.bssid.into_iter().collect(),
                });
                State::Attaching(Self {
                    found: Some((ssid.clone(), status)),
                })
            }
            _ => Masking::begin(cx, NextState::Scan),
        }
    }

    fn judge(cx: &mut Context, ssid: Ssid, status: &SupplicantStatus, list: NetworkList) -> State {
        let joined = joined(status, &list);
        let address = cx.core.link.address;
        cx.learn_networks(list.networks, list.other);
        if cx.core.link.carrier && cx.accepts(&ssid, &joined, address) {
            cx.heard_at(&ssid, status.frequency);
            let decision = Decision {
                ssid,
                joined,
                address,
            };
            let peers = cx.peers(&decision, &list.table, &[], &[]);
            return Associated::adopt(cx, decision, peers);
        }
        cx.remark_on(&ssid, NetworkRemark::WrongAddress { address });
        Disconnecting::for_another_address(cx, ssid)
    }
}

impl Handler for Attaching {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        match self.found {
            // Another program was faster than the supplicant's reply.
            None if shows_mask(cx) => {
                cx.set_link_down();
                self.into()
            }
            Some((ssid, _)) if !link.carrier => Disconnecting::begin(cx, ssid, EndReason::Unknown),
            found => Self { found }.into(),
        }
    }

    fn link_answered(self, cx: &mut Context, _answer: Result<Link, KernelError>) -> State {
        if self.found.is_none() && shows_mask(cx) {
            cx.core.wake_in(LINK_DOWN_RETRY);
        }
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        match (self.found, event) {
            (Some((ssid, _)), Supplicant::Disconnected { .. }) => {
                Disconnecting::begin(cx, ssid, EndReason::Unknown)
            }
            (found, _) => Self { found }.into(),
        }
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match (self.found, reply) {
            (None, Reply::Quiesce(Ok(report))) => Self::attached(cx, report),
            (None, Reply::Quiesce(Err(failure))) => Blocked::until_supplicant(cx, &failure),
            (Some((ssid, status)), Reply::NetworkList(Ok(list))) => {
                Self::judge(cx, ssid, &status, list)
            }
            (Some(_), Reply::NetworkList(Err(failure))) => {
                let failure = failure.to_string();
                cx.remark(Remark::Supplicant { failure });
                Masking::begin(cx, NextState::Scan)
            }
            (found, _) => Self { found }.into(),
        }
    }

    fn release(self, cx: &mut Context) -> State {
        let activity = if cx.core.link.carrier {
            Activity::Connected
        } else {
            Activity::Other
        };
        Releasing::begin(cx, activity)
    }

    fn timeout(self, cx: &mut Context) -> State {
        if self.found.is_none() && shows_mask(cx) {
            cx.set_link_down();
        }
        self.into()
    }
}

/// A program that scans or connects now does so under the mask.
const fn shows_mask(cx: &Context) -> bool {
    cx.core.link.up && !cx.core.link.carrier
}

/// How the supplicant joined its network.
fn joined(status: &SupplicantStatus, list: &NetworkList) -> Joined {
    let mut networks = list.networks.iter();
    let network = networks.find(|network| Some(network.id) == status.id);
    let mut table = list.table.iter();
    let entry = table.find(|entry| {
        Some(entry.bssid) == status.bssid && Some(&entry.ssid) == status.ssid.as_ref()
    });
    match (network, entry) {
        (Some(network), Some(entry)) => Joined::of(network, entry),
        (network, _) => Joined {
            bssid: status.bssid,
            security: None,
            id_str: network.map(|network| network.id_str.clone()),
        },
    }
}
