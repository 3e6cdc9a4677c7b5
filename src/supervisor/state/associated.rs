//! Connected under the assigned address: nothing to do but watch.

use std::time::Duration;

use super::parting::Ending;
use super::{Context, Event, Parting, State};
use crate::address::Mac;
use crate::supervisor::action::{Notice, Request};
use crate::supervisor::event::{Mlme, Phase, Reply, Status, Supplicant};
use crate::wifi::Ssid;

/// Events can be lost: ask this often whether the connection still stands.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// While the supplicant roams: ask this often, this many times.
const ROAMING: Duration = Duration::from_millis(500);
const ROAMING_CHECKS: u32 = 20;

#[derive(Debug)]
pub(in crate::supervisor) struct Associated {
    ssid: Ssid,
    address: Mac,
    ending: Option<Ending>,
    roaming_checks: u32,
}

impl Associated {
    pub(super) fn begin(cx: &mut Context, ssid: Ssid) -> State {
        Self::enter(cx, ssid, false)
    }

    /// Takes over a connection that was there before.
    pub(super) fn adopt(cx: &mut Context, ssid: Ssid) -> State {
        Self::enter(cx, ssid, true)
    }

    fn enter(cx: &mut Context, ssid: Ssid, adopted: bool) -> State {
        cx.leave_state();
        let address = cx.link.address;
        cx.mask = None;
        cx.lost = None;
        cx.wanted = None;
        cx.previous_assigned = Some(address);
        cx.memory.succeeded(&ssid);
        cx.counters.associations = cx.counters.associations.saturating_add(1);
        cx.say(Notice::Connected {
            ssid: ssid.clone(),
            address,
            adopted,
        });
        cx.wake_in(KEEP_ALIVE);
        State::Associated(Self {
            ssid,
            address,
            ending: None,
            roaming_checks: 0,
        })
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Supplicant(Supplicant::Disconnected { reason, local }) => {
                self.ending = Some(Ending { reason, local });
                self.ask(cx)
            }
            Event::Mlme(Mlme::Ended) | Event::Overrun => self.ask(cx),
            Event::Link(link) if link.address != self.address => {
                cx.remark(format!("somebody changed the address to {}", link.address));
                Parting::for_another_address(cx, self.ssid)
            }
            Event::Link(link) if !link.carrier || !link.up => self.ask(cx),
            Event::Reply(Reply::Status(Ok(status))) => self.judge(cx, &status),
            Event::Reply(Reply::Status(Err(_))) => Parting::begin(cx, self.ssid, None),
            Event::Link(_)
            | Event::LinkSet(_)
            | Event::ScanStarted(_)
            | Event::ScanAccepted(_)
            | Event::ScanEnded
            | Event::Air(_)
            | Event::Mlme(_)
            | Event::Supplicant(_)
            | Event::Reply(_)
            | Event::Command(_) => State::Associated(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        self.ask(cx)
    }

    fn ask(self, cx: &mut Context) -> State {
        cx.ask(Request::Status);
        cx.wake_in(KEEP_ALIVE);
        State::Associated(self)
    }

    fn judge(mut self, cx: &mut Context, status: &Status) -> State {
        match status.phase {
            Phase::Connected if status.ssid.as_ref() == Some(&self.ssid) => {
                cx.heard_at(&self.ssid, status.frequency);
                self.ending = None;
                self.roaming_checks = 0;
                State::Associated(self)
            }
            Phase::Connecting if self.roaming_checks < ROAMING_CHECKS => {
                self.roaming_checks += 1;
                cx.wake_in(ROAMING);
                State::Associated(self)
            }
            Phase::Connected
            | Phase::Connecting
            | Phase::LinkDown
            | Phase::Idle
            | Phase::Scanning => Parting::begin(cx, self.ssid, self.ending),
        }
    }

    pub(in crate::supervisor) const fn address(&self) -> Mac {
        self.address
    }
}
