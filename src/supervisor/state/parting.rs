//! The association is over: bring the supplicant to rest, and find out what is wished next.

use super::{Context, Event, Masking, State, Then};
use crate::supervisor::action::{Notice, Request};
use crate::supervisor::event::{Phase, Quieted, Reply, Survey};
use crate::wifi::Ssid;

/// `WLAN_REASON_DEAUTH_LEAVING`: what wpa_supplicant gives when it was told to disconnect.
const LEAVING: u16 = 3;

#[derive(Debug)]
pub(in crate::supervisor) struct Parting {
    ssid: Option<Ssid>,
    /// The end came by an order to the supplicant, and not to make room for another address.
    ordered: bool,
    /// The supplicant was at rest afterwards: nothing else was ordered.
    at_rest: bool,
}

/// How an association ended, as the supplicant tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) reason: u16,
    pub(super) local: bool,
}

impl Parting {
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
        cx.say(Notice::Lost {
            ssid: ssid.clone(),
            why,
        });
        let ordered =
            ending.is_some_and(|ending| ending.local && ending.reason == LEAVING) && cx.link.up;
        Self::lost(cx, ssid, ordered)
    }

    /// Ends a connection that runs under the wrong address, to begin it again under the right one.
    pub(super) fn for_another_address(cx: &mut Context, ssid: Ssid) -> State {
        cx.wanted = Some(ssid.clone());
        Self::lost(cx, ssid, false)
    }

    /// Gives up an attempt to associate.
    pub(super) fn after_failure(cx: &mut Context) -> State {
        Self::ask(cx, None, false)
    }

    fn lost(cx: &mut Context, ssid: Ssid, ordered: bool) -> State {
        cx.network_is_used(&ssid);
        cx.lost = Some(ssid.clone());
        cx.hunt.restart(cx.now);
        Self::ask(cx, Some(ssid), ordered)
    }

    fn ask(cx: &mut Context, ssid: Option<Ssid>, ordered: bool) -> State {
        cx.leave_state();
        cx.ask(Request::Quiet);
        cx.ask(Request::Survey { bssids: Vec::new() });
        State::Parting(Self {
            ssid,
            ordered,
            at_rest: false,
        })
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Reply(Reply::Quiet(Ok(Quieted {
                status,
                reconfigured,
                ..
            }))) => {
                self.at_rest = status.phase == Phase::Idle && !reconfigured;
                State::Parting(self)
            }
            Event::Reply(Reply::Survey(Ok(survey))) => self.decide(cx, survey),
            Event::Reply(Reply::Quiet(Err(_)) | Reply::Survey(Err(_))) => {
                Masking::begin(cx, Then::Search)
            }
            Event::Link(_)
            | Event::LinkSet(_)
            | Event::ScanStarted(_)
            | Event::ScanAccepted(_)
            | Event::ScanEnded
            | Event::Air(_)
            | Event::Mlme(_)
            | Event::Supplicant(_)
            | Event::Reply(_)
            | Event::Command(_)
            | Event::Renewed { .. }
            | Event::Overrun => State::Parting(self),
        }
    }

    fn decide(self, cx: &mut Context, survey: Survey) -> State {
        cx.learn_networks(survey.networks);
        let still_enabled = cx.networks.iter().any(|network| {
            network.enabled && (network.ssid.is_none() || network.ssid == self.ssid)
        });
        if self.ordered && self.at_rest && still_enabled {
            return Masking::begin(cx, Then::Park);
        }
        Masking::begin(cx, Then::Search)
    }
}
