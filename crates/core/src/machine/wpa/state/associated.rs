//! Connected under the assigned address: nothing to do but watch.

use std::time::Duration;

use super::disconnecting::Ending;
use super::{Context, Disconnecting, Event, State};
use crate::machine::event::{Command, LinkEvent, MlmeEvent};
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, SupplicantStatus, WpaEvent};
use crate::types::{Mac, Ssid};

/// Events can be lost: ask this often whether the connection still stands.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// While it is in doubt whether the connection stands, as in roaming: ask this often, this many times.
const DOUBT: Duration = Duration::from_millis(500);
const DOUBTS: u32 = 20;
/// The kernel may be quicker than the supplicant, which knows why the connection ended.
const REASON: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(in crate::machine) struct Associated {
    ssid: Ssid,
    address: Mac,
    ending: Option<Ending>,
    /// Something went wrong within the supplicant: it was not told to disconnect.
    troubled: bool,
    doubts: u32,
    /// The connection is gone, and the reason is waited for.
    ended: bool,
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
        cx.association_begins(&ssid);
        cx.counters.associations = cx.counters.associations.saturating_add(1);
        cx.notify(Notice::Connected {
            ssid: ssid.clone(),
            address,
            adopted,
        });
        cx.wake_in(KEEP_ALIVE);
        let associated = Self {
            ssid,
            address,
            ending: None,
            troubled: false,
            doubts: 0,
            ended: false,
        };
        if cx.link.carrier {
            State::Associated(associated)
        } else {
            associated.ask(cx)
        }
    }

    pub(super) fn handle(mut self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Supplicant(Supplicant::Disconnected { reason, local })) => {
                self.ending = Some(Ending { reason, local });
                self.ask(cx)
            }
            Event::Backend(WpaEvent::Supplicant(Supplicant::Rejected { .. })) => {
                self.troubled = true;
                self.ask(cx)
            }
            Event::Mlme(MlmeEvent::Ended) | Event::Overrun => self.ask(cx),
            Event::Link(LinkEvent::Changed(link)) if link.address != self.address => {
                cx.remark(format!("somebody changed the address to {}", link.address));
                cx.note_dispute();
                Disconnecting::for_another_address(cx, self.ssid)
            }
            Event::Link(LinkEvent::Changed(link)) if !link.up => {
                Disconnecting::link_is_down(cx, self.ssid)
            }
            Event::Link(LinkEvent::Changed(link)) if !link.carrier => self.ask(cx),
            Event::Command(Command::Rejoin(ssid)) if ssid == self.ssid && cx.pause.is_none() => {
                cx.remark_on(&ssid, "reconnecting, as requested");
                Disconnecting::for_another_address(cx, ssid)
            }
            Event::Backend(WpaEvent::Reply(Reply::Status(Ok(status)))) => self.judge(cx, &status),
            Event::Backend(WpaEvent::Reply(Reply::Status(Err(_)))) => {
                Disconnecting::begin(cx, self.ssid, None)
            }
            Event::Link(_)
            | Event::Scan(_)
            | Event::Mlme(_)
            | Event::Backend(_)
            | Event::Command(_)
            | Event::Renewed { .. } => State::Associated(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        cx.network_is_still_used(&self.ssid);
        cx.ask(Request::Status);
        cx.wake_in(KEEP_ALIVE);
        State::Associated(self)
    }

    /// Something happened to the connection.
    fn ask(mut self, cx: &mut Context) -> State {
        self.doubts = DOUBTS;
        cx.ask(Request::Status);
        cx.wake_in(DOUBT);
        State::Associated(self)
    }

    fn judge(self, cx: &mut Context, status: &SupplicantStatus) -> State {
        match status.phase {
            Phase::Connected if status.ssid.as_ref() == Some(&self.ssid) => self.stands(cx, status),
            Phase::Connecting if self.doubts > 0 => self.doubt(cx),
            Phase::Idle if self.ending.is_none() && !self.ended => {
                cx.wake_in(REASON);
                State::Associated(Self {
                    ended: true,
                    ..self
                })
            }
            Phase::Connected
            | Phase::Connecting
            | Phase::LinkDown
            | Phase::Idle
            | Phase::Scanning => {
                let ending = self.ending.filter(|_| !self.troubled);
                Disconnecting::begin(cx, self.ssid, ending)
            }
        }
    }

    fn stands(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        cx.heard_at(&self.ssid, status.frequency);
        // What just happened may not have reached the supplicant yet: it is asked once more.
        self.doubts = self.doubts.min(1);
        self.doubt(cx)
    }

    fn doubt(mut self, cx: &mut Context) -> State {
        if self.doubts > 0 {
            self.doubts -= 1;
            cx.wake_in(DOUBT);
        } else {
            self.ending = None;
            self.troubled = false;
            cx.wake_in(KEEP_ALIVE);
        }
        State::Associated(self)
    }

    pub(in crate::machine) const fn address(&self) -> Mac {
        self.address
    }

    pub(in crate::machine) const fn ssid(&self) -> &Ssid {
        &self.ssid
    }
}
