//! The association is over: the supplicant is brought to rest, and the user's intention is found out.

use std::time::Duration;

use super::{Blocked, Context, Handler, Masking, NextState, State};
use crate::machine::event::Link;
use crate::machine::notice::{EndReason, Notice};
use crate::machine::wpa::backend::{NetworkList, Phase, QuiesceReport, Reply, Request, Supplicant};
use crate::types::Ssid;

const QUIESCE_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(in crate::machine) struct Disconnecting {
    ssid: Option<Ssid>,
    /// A program told the supplicant to disconnect.
    is_ordered: bool,
    /// The supplicant was idle afterwards: it had no other order.
    is_idle: bool,
    /// The link is down, and stays so until the supplicant is idle.
    is_down: bool,
}

impl Disconnecting {
    /// The association ended. The reason code does not tell whether a program requested that: the kernel ends
    /// associations with the same one as a user's command.
    pub(super) fn begin(cx: &mut Context, ssid: Ssid, reason: EndReason) -> State {
        cx.core.notify(Notice::Lost {
            ssid: ssid.clone(),
            reason,
        });
        let is_ordered = std::mem::take(&mut cx.user.leave_requested) && cx.core.link.up;
        cx.association_ends(&ssid, !is_ordered);
        Self::of(cx, ssid, is_ordered).into()
    }

    /// Another program took the link down and can bring it up at any moment: the assigned address goes
    /// first.
    pub(super) fn link_is_down(cx: &mut Context, ssid: Ssid) -> State {
        cx.core.notify(Notice::Lost {
            ssid: ssid.clone(),
            reason: EndReason::LinkDown,
        });
        cx.mask_while_down();
        Self::on_a_link_that_is_down(cx, ssid)
    }

    /// Ends a connection under the wrong address, to make it again under the right one.
    pub(super) fn for_another_address(cx: &mut Context, ssid: Ssid) -> State {
        cx.networks.wanted = Some(ssid.clone());
        cx.association_ends(&ssid, false);
        Self::of(cx, ssid, false).into()
    }

    /// Cuts off a connection to an access point that may not see the address: nothing is sent on a link
    /// that is down.
    pub(super) fn from_wrong_peer(cx: &mut Context, ssid: Ssid) -> State {
        cx.set_link_down();
        cx.networks.wanted = Some(ssid.clone());
        Self::on_a_link_that_is_down(cx, ssid)
    }

    /// The supplicant left the network to begin one of another mode.
    pub(super) fn for_another_mode(cx: &mut Context, ssid: Ssid) -> State {
        cx.core.notify(Notice::Lost {
            ssid: ssid.clone(),
            reason: EndReason::Unknown,
        });
        cx.set_link_down();
        Self::on_a_link_that_is_down(cx, ssid)
    }

    fn on_a_link_that_is_down(cx: &mut Context, ssid: Ssid) -> State {
        cx.association_ends(&ssid, false);
        Self {
            is_down: true,
            ..Self::of(cx, ssid, false)
        }
        .into()
    }

    /// Gives up an attempt to associate.
    pub(super) fn after_failure(cx: &mut Context) -> State {
        Self::quiesce(cx, None, false).into()
    }

    /// Gives up an attempt that the supplicant can still start: nothing is sent on a link that is down.
    pub(super) fn while_down(cx: &mut Context) -> State {
        cx.set_link_down();
        Self {
            is_down: true,
            ..Self::quiesce(cx, None, false)
        }
        .into()
    }

    fn of(cx: &mut Context, ssid: Ssid, is_ordered: bool) -> Self {
        cx.networks.lost = Some(ssid.clone());
        cx.scan.planner.restart(cx.core.now);
        Self::quiesce(cx, Some(ssid), is_ordered)
    }

    fn quiesce(cx: &mut Context, ssid: Option<Ssid>, is_ordered: bool) -> Self {
        cx.leave_state();
        cx.request(Request::Quiesce);
        cx.request(Request::ListNetworks { bssids: Vec::new() });
        cx.core.wake_in(QUIESCE_TIMEOUT);
        Self {
            ssid,
            is_ordered,
            is_idle: false,
            is_down: false,
        }
    }

    fn decide(self, cx: &mut Context, list: NetworkList) -> State {
        cx.learn_networks(list.networks, list.other);
        if let Some(id) = cx.networks.hotspot(cx.core.now) {
            return Masking::begin(cx, NextState::Hotspot(id));
        }
        let is_still_enabled = cx.networks.list.iter().any(|network| {
            network.enabled && (network.ssid.is_none() || network.ssid == self.ssid)
        });
        if self.is_ordered && self.is_idle && is_still_enabled {
            return Masking::begin(cx, NextState::Disconnect);
        }
        Masking::begin(cx, NextState::Scan)
    }
}

impl Handler for Disconnecting {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if self.is_down && link.up {
            cx.set_link_down();
        }
        self.into()
    }

    fn mode_changed(mut self, cx: &mut Context) -> State {
        cx.set_link_down();
        self.is_down = true;
        self.into()
    }

    /// A program that ended the connection wants one again: the request to rest has undone that.
    fn supplicant(mut self, _cx: &mut Context, event: Supplicant) -> State {
        self.is_ordered &= event != Supplicant::ConnectRequested;
        self.into()
    }

    fn reply(mut self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Quiesce(Ok(QuiesceReport {
                status,
                reconfigured,
                ..
            })) => {
                self.is_idle = status.phase == Phase::Idle && !reconfigured;
                self.into()
            }
            Reply::Quiesce(Err(failure)) => Blocked::until_supplicant(cx, &failure),
            Reply::NetworkList(Ok(list)) => self.decide(cx, list),
            Reply::NetworkList(Err(_)) => Masking::begin(cx, NextState::Scan),
            Reply::Status(_) | Reply::Done(_) => self.into(),
        }
    }

    /// A slow supplicant can still try to connect: nothing is sent on a link that is down.
    fn timeout(self, cx: &mut Context) -> State {
        cx.set_link_down();
        self.into()
    }
}
