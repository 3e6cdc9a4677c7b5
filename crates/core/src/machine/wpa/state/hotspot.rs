//! The user started a hotspot: wpa_supplicant becomes an access point under a fresh mask, never under the
//! address of the network before. Once it is one, the interface is no longer a station, and left alone.

use std::time::Duration;

use super::{Context, Disconnecting, Handler, Masking, NextState, Scanning, State};
use crate::machine::event::{Link, ScanStarted};
use crate::machine::notice::Remark;
use crate::machine::wpa::backend::{
    NetworkList, Phase, Reply, Request, Supplicant, SupplicantStatus,
};

/// wpa_supplicant notices a new address within milliseconds.
const STATUS_INTERVAL: Duration = Duration::from_millis(15);
const MAX_STATUS_REQUESTS: u32 = 100;
/// From the order to the access point: the channel may have to be chosen first.
const START_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(in crate::machine) struct Hotspot {
    /// wpa_supplicant's number of the network.
    id: u32,
    status_requests: u32,
    is_ordered: bool,
}

impl Hotspot {
    /// The interface has a mask that was never on the air.
    pub(super) fn begin(cx: &mut Context, id: u32) -> State {
        cx.leave_state();
        // The user can have selected another one while the interface was being masked.
        cx.request(Request::ListNetworks { bssids: Vec::new() });
        Self {
            id,
            status_requests: 0,
            is_ordered: false,
        }
        .into()
    }

    fn listed(mut self, cx: &mut Context, list: NetworkList) -> State {
        cx.learn_networks(list.networks, list.other);
        let Some(id) = cx.networks.hotspot(cx.core.now) else {
            return Scanning::begin(cx);
        };
        self.id = id;
        cx.request(Request::Status);
        self.into()
    }

    fn compare(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        let address = cx.core.link.address;
        if status.address == Some(address) && status.phase != Phase::LinkDown {
            // Another program scans: what it shows must not be the access point's address.
            if cx.mask.is_exposed() {
                return Masking::begin(cx, NextState::Hotspot(self.id));
            }
            cx.networks.hotspot_begins(cx.core.now);
            cx.remark(Remark::HotspotStarts { address });
            cx.request(Request::StartHotspot { id: self.id });
            cx.core.wake_in(START_TIMEOUT);
            self.is_ordered = true;
            return self.into();
        }
        self.status_requests += 1;
        if self.status_requests > MAX_STATUS_REQUESTS {
            return Self::not_started(cx, "it does not notice the new address".to_owned());
        }
        cx.core.wake_in(STATUS_INTERVAL);
        self.into()
    }

    fn not_started(cx: &mut Context, failure: String) -> State {
        if cx.networks.hotspot(cx.core.now).is_some() {
            cx.networks.hotspot_begins(cx.core.now);
        }
        cx.remark(Remark::HotspotNotStarted { failure });
        Disconnecting::after_failure(cx)
    }
}

impl Handler for Hotspot {
    fn link_changed(self, cx: &mut Context, _link: Link) -> State {
        if cx.is_masked() {
            return self.into();
        }
        Masking::again(cx, NextState::Scan)
    }

    /// The supplicant may take long, and the access point would have the address that another program scans under.
    fn external_scan_started(self, cx: &mut Context, scan: ScanStarted) -> State {
        if self.is_ordered && scan.is_leaking() {
            cx.networks.hotspot_was_interrupted();
            return Disconnecting::while_down(cx);
        }
        self.into()
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if matches!(event, Supplicant::Connecting { .. }) {
            // Another network was selected meanwhile.
            return Disconnecting::after_failure(cx);
        }
        if event == Supplicant::NetworksChanged && !self.is_ordered {
            return Self::begin(cx, self.id);
        }
        self.into()
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match (self.is_ordered, reply) {
            (false, Reply::NetworkList(Ok(list))) => self.listed(cx, list),
            (false, Reply::Status(Ok(status))) => self.compare(cx, &status),
            (
                _,
                Reply::NetworkList(Err(failure))
                | Reply::Status(Err(failure))
                | Reply::Done(Err(failure)),
            ) => Self::not_started(cx, failure.to_string()),
            _ => self.into(),
        }
    }

    fn timeout(self, cx: &mut Context) -> State {
        if self.is_ordered {
            return Self::not_started(cx, "no access point in time".to_owned());
        }
        cx.request(Request::Status);
        self.into()
    }
}
