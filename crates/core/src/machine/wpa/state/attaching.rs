//! Meeting the supplicant: bring it to rest, or adopt the connection that it holds.

use std::time::Duration;

use super::Action;
use super::{Associated, Blocked, Context, Disconnecting, Event, Masking, NextState, State};
use crate::machine::event::LinkEvent;
use crate::machine::wpa::backend::{
    NetworkList, Phase, QuiesceReport, Reply, Request, Supplicant, SupplicantStatus, WpaEvent,
};
use crate::scan::selection::Joined;
use crate::types::Ssid;

/// A link that could not be taken down is taken down again after this, before the supplicant's first scan.
const TRY_AGAIN: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(in crate::machine) struct Attaching {
    /// The connection that was found, while it is looked at.
    found: Option<(Ssid, SupplicantStatus)>,
}

impl Attaching {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        if !cx.link.carrier {
            // Silence first: a supplicant's first scan is due within 100 ms and carries a fingerprint.
            cx.act(Action::SetLinkDown);
        }
        cx.ask(Request::Attach);
        State::Attaching(Self { found: None })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match (self.found, event) {
            (None, Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(quieted))))) => {
                Self::met(cx, quieted)
            }
            (None, Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(failure))))) => {
                Blocked::until_supplicant(cx, &failure)
            }
            // Somebody is quicker than the supplicant's answer.
            (None, Event::Link(LinkEvent::Changed(_))) if shows_mask(cx) => Self::set_link_down(cx),
            (None, Event::Link(LinkEvent::Answered(_))) if shows_mask(cx) => {
                cx.wake_in(TRY_AGAIN);
                State::Attaching(Self { found: None })
            }
            (
                Some((ssid, status)),
                Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(survey)))),
            ) => Self::judge(cx, ssid, &status, survey),
            (Some(_), Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(failure))))) => {
                cx.remark(failure.to_string());
                Masking::begin(cx, NextState::Search)
            }
            (
                Some((ssid, _)),
                Event::Backend(WpaEvent::Supplicant(Supplicant::Disconnected { .. })),
            ) => Disconnecting::begin(cx, ssid, None),
            (Some((ssid, _)), Event::Link(LinkEvent::Changed(link))) if !link.carrier => {
                Disconnecting::begin(cx, ssid, None)
            }
            (found, _) => State::Attaching(Self { found }),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        if self.found.is_none() && shows_mask(cx) {
            return Self::set_link_down(cx);
        }
        State::Attaching(self)
    }

    fn set_link_down(cx: &mut Context) -> State {
        cx.act(Action::SetLinkDown);
        State::Attaching(Self { found: None })
    }

    fn met(cx: &mut Context, quieted: QuiesceReport) -> State {
        if quieted.had_own_randomization {
            cx.remark(
                "the supplicant's own address randomization is switched off while macveil runs",
            );
        }
        let status = quieted.status;
        match (status.phase, &status.ssid) {
            (Phase::Connected, Some(ssid)) => {
                cx.ask(Request::ListNetworks {
                    bssids: status.bssid.into_iter().collect(),
                });
                State::Attaching(Self {
                    found: Some((ssid.clone(), status)),
                })
            }
            _ => Masking::begin(cx, NextState::Search),
        }
    }

    fn judge(
        cx: &mut Context,
        ssid: Ssid,
        status: &SupplicantStatus,
        survey: NetworkList,
    ) -> State {
        let joined = joined(status, &survey);
        cx.learn_networks(survey.networks);
        if cx.link.carrier && cx.accepts(&ssid, &joined, cx.link.address) {
            cx.ask(Request::AllowRoaming { ssid: ssid.clone() });
            cx.heard_at(&ssid, status.frequency);
            return Associated::adopt(cx, ssid);
        }
        let address = cx.link.address;
        cx.remark_on(
            &ssid,
            format!("connected under {address}, which is not its address: connecting again"),
        );
        Disconnecting::for_another_address(cx, ssid)
    }
}

/// Whoever scans or connects now does so under the mask.
const fn shows_mask(cx: &Context) -> bool {
    cx.link.up && !cx.link.carrier
}

/// How the network was joined that the supplicant is connected to.
fn joined(status: &SupplicantStatus, survey: &NetworkList) -> Joined {
    let mut networks = survey.networks.iter();
    let network = networks.find(|network| Some(network.id) == status.id);
    let mut table = survey.table.iter();
    let entry = table.find(|entry| Some(&entry.ssid) == status.ssid.as_ref());
    match (network, entry) {
        (Some(network), Some(entry)) => Joined::of(network, entry),
        (network, _) => Joined {
            bssid: status.bssid,
            security: None,
            id_str: network.map(|network| network.id_str.clone()),
        },
    }
}
