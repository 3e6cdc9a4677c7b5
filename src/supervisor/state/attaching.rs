//! Meeting the supplicant: bring it to rest, or adopt the connection that it holds.

use super::{Associated, Context, Event, Masking, Parting, State, Then};
use crate::supervisor::action::{Action, Request};
use crate::supervisor::event::{Phase, Quieted, Reply};
use crate::wifi::Ssid;

#[derive(Debug)]
pub(in crate::supervisor) struct Attaching;

impl Attaching {
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        if !cx.link.carrier {
            // Silence first: a supplicant's first scan is due within 100 ms and carries a fingerprint.
            cx.act(Action::HoldDown);
        }
        cx.ask(Request::Attach);
        State::Attaching(Self)
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Reply(Reply::Quiet(Ok(quieted))) => Self::met(cx, &quieted),
            Event::Reply(Reply::Quiet(Err(failure))) => {
                cx.remark(format!("{failure}; the card stays masked"));
                cx.supplicant = false;
                Masking::begin(cx, Then::Wait)
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
            | Event::Overrun => State::Attaching(self),
        }
    }

    fn met(cx: &mut Context, quieted: &Quieted) -> State {
        if quieted.had_own_randomization {
            cx.remark(
                "the supplicant's own address randomization is switched off while macveil runs",
            );
        }
        let status = &quieted.status;
        match (status.phase, &status.ssid) {
            (Phase::Connected, Some(ssid)) if Self::is_ours(cx, ssid) => {
                cx.ask(Request::Settle { ssid: ssid.clone() });
                cx.heard_at(ssid, status.frequency);
                Associated::adopt(cx, ssid.clone())
            }
            (Phase::Connected, Some(ssid)) => {
                cx.remark(format!(
                    "connected to {ssid} under {}, which is not its address: connecting again",
                    cx.link.address
                ));
                Parting::for_another_address(cx, ssid.clone())
            }
            _ => Masking::begin(cx, Then::Search),
        }
    }

    fn is_ours(cx: &Context, ssid: &Ssid) -> bool {
        cx.link.carrier && cx.accepts(ssid, cx.link.address)
    }
}
