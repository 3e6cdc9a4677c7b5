//! The association is over: bring the supplicant to rest, and find out what is wished next.

use std::time::Duration;

use super::Action;
use super::{Blocked, Context, Event, Masking, NextState, State};
use crate::machine::action::How;
use crate::machine::event::LinkEvent;
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{NetworkList, Phase, QuiesceReport, Reply, Request, WpaEvent};
use crate::types::Ssid;

/// `WLAN_REASON_DEAUTH_LEAVING`: what wpa_supplicant gives when it was told to disconnect.
const LEAVING: u16 = 3;
/// How long a supplicant may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(in crate::machine) struct Disconnecting {
    ssid: Option<Ssid>,
    /// The end came by an order to the supplicant, and not to make room for another address.
    ordered: bool,
    /// The supplicant was at rest afterwards: nothing else was ordered.
    at_rest: bool,
    /// The link is down, and is to stay so until the supplicant is at rest.
    down: bool,
}

/// How an association ended, as the supplicant tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) reason: u16,
    pub(super) local: bool,
}

impl Disconnecting {
    pub(super) fn begin(cx: &mut Context, ssid: Ssid, ending: Option<Ending>) -> State {
        let why = match ending {
            Some(Ending {
                reason,
                local: true,
            }) => format!("ended here (reason {reason})"),
            Some(Ending {
                reason,
                local: false,
            }) => format!("ended by the access point (reason {reason})"),
            None => "ended".to_owned(),
        };
        cx.notify(Notice::Lost {
            ssid: ssid.clone(),
            why,
        });
        // The kernel ends associations itself, for the same reason, before the machine sleeps.
        let ordered = ending.is_some_and(|ending| ending.local && ending.reason == LEAVING)
            && cx.link.up
            && !cx.has_just_woken();
        cx.association_ends(&ssid, !ordered);
        Self::lost(cx, ssid, ordered)
    }

    /// Somebody took the link down, and may bring it up again at any moment: the assigned address goes
    /// first.
    pub(super) fn link_is_down(cx: &mut Context, ssid: Ssid) -> State {
        let why = "ended: the link was taken down".to_owned();
        cx.notify(Notice::Lost {
            ssid: ssid.clone(),
            why,
        });
        let address = cx.draw_mask();
        let how = How::WhileDown;
        cx.act(Action::SetAddress { address, how });
        cx.association_ends(&ssid, false);
        State::Disconnecting(Self {
            down: true,
            ..Self::of(cx, ssid, false)
        })
    }

    /// Ends a connection that runs under the wrong address, to begin it again under the right one.
    pub(super) fn for_another_address(cx: &mut Context, ssid: Ssid) -> State {
        cx.wanted = Some(ssid.clone());
        cx.association_ends(&ssid, false);
        Self::lost(cx, ssid, false)
    }

    /// Gives up an attempt to associate.
    pub(super) fn after_failure(cx: &mut Context) -> State {
        State::Disconnecting(Self::ask(cx, None, false))
    }

    /// Likewise, of a supplicant that was told to connect and may yet try: nothing gets out of a link that
    /// is down.
    pub(super) fn while_down(cx: &mut Context) -> State {
        cx.act(Action::SetLinkDown);
        State::Disconnecting(Self {
            down: true,
            ..Self::ask(cx, None, false)
        })
    }

    fn lost(cx: &mut Context, ssid: Ssid, ordered: bool) -> State {
        State::Disconnecting(Self::of(cx, ssid, ordered))
    }

    fn of(cx: &mut Context, ssid: Ssid, ordered: bool) -> Self {
        cx.lost = Some(ssid.clone());
        cx.planner.restart(cx.now);
        Self::ask(cx, Some(ssid), ordered)
    }

    fn ask(cx: &mut Context, ssid: Option<Ssid>, ordered: bool) -> Self {
        cx.leave_state();
        cx.ask(Request::Quiesce);
        cx.ask(Request::ListNetworks { bssids: Vec::new() });
        cx.wake_in(PATIENCE);
        Self {
            ssid,
            ordered,
            at_rest: false,
            down: false,
        }
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(QuiesceReport {
                status,
                reconfigured,
                ..
            })))) => {
                self.at_rest = status.phase == Phase::Idle && !reconfigured;
                State::Disconnecting(self)
            }
            Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(survey)))) => {
                self.decide(cx, survey)
            }
            Event::Link(LinkEvent::Changed(link)) if self.down && link.up => {
                cx.act(Action::SetLinkDown);
                State::Disconnecting(self)
            }
            Event::Backend(WpaEvent::Reply(Reply::Quiesce(Err(failure)))) => {
                Blocked::until_supplicant(cx, &failure)
            }
            Event::Backend(WpaEvent::Reply(Reply::NetworkList(Err(_)))) => {
                Masking::begin(cx, NextState::Search)
            }
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Disconnecting(self),
        }
    }

    /// A supplicant that takes its time may still be trying: nothing gets out of a link that is down.
    pub(super) fn alarm(self, cx: &mut Context) -> State {
        cx.act(Action::SetLinkDown);
        State::Disconnecting(self)
    }

    fn decide(self, cx: &mut Context, survey: NetworkList) -> State {
        cx.learn_networks(survey.networks);
        let still_enabled = cx.networks.iter().any(|network| {
            network.enabled && (network.ssid.is_none() || network.ssid == self.ssid)
        });
        if self.ordered && self.at_rest && still_enabled {
            return Masking::begin(cx, NextState::Park);
        }
        Masking::begin(cx, NextState::Search)
    }
}
