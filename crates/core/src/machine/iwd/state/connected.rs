//! iwd is connected; the kernel says under which address.

use std::time::Duration;

use super::{Connecting, Context, Idle, Refused, Rejoining, State, Why};
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, StationPhase};
use crate::machine::notice::{EndReason, IwdProblem, NetworkRemark, Notice};

/// iwd writes a new network's file when it is connected.
const NEW_FILE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Connected {
    network: NetworkId,
    /// macveil has asked for it, after a connection under a wrong address.
    again: bool,
    check: Check,
    /// Somebody asked for the end.
    parting: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// The link is being read.
    Reading,
    /// The address is wrong; the network has no file yet to write the right one into.
    NoFile,
    /// All is well, or not macveil's to judge.
    Done,
}

impl Connected {
    pub(super) fn begin(cx: &mut Context, network: NetworkId, again: bool) -> State {
        cx.core.timer = None;
        cx.iwd.shown = None;
        cx.core.read_link();
        State::Connected(Self {
            network,
            again,
            check: Check::Reading,
            parting: false,
        })
    }

    pub(super) fn link_changed(self, cx: &mut Context) -> State {
        if self.check == Check::Reading {
            return self.judge(cx);
        }
        State::Connected(self)
    }

    fn judge(mut self, cx: &mut Context) -> State {
        let address = cx.core.link.address;
        cx.core.timer = None;
        if cx.iwd.obstacle.is_some() {
            self.check = Check::Done;
            return State::Connected(self);
        }
        if cx.is_right(&self.network, address) {
            self.check = Check::Done;
            cx.problem = None;
            cx.search.backoff = None;
            cx.core.act(Action::GetScanResults);
            cx.association_begins(&self.network, address);
            cx.core.notify(Notice::Connected {
                ssid: self.network.ssid.clone(),
                address,
                adopted: false,
            });
            return State::Connected(self);
        }
        if self.again {
            return Refused::begin(cx, self.network, IwdProblem::AddressUnusedTwice);
        }
        if let Some(reason) = cx.files.unassignable.get(&self.network).cloned() {
            return Refused::begin(cx, self.network, IwdProblem::NoAddress { reason });
        }
        if cx.known(&self.network).is_none() {
            self.check = Check::NoFile;
            cx.core.wake_in(NEW_FILE);
            return State::Connected(self);
        }
        cx.core.notify(Notice::About {
            ssid: self.network.ssid.clone(),
            remark: NetworkRemark::IwdWrongAddress,
        });
        Rejoining::begin(cx, self.network)
    }

    pub(super) fn addresses_written(self, cx: &mut Context) -> State {
        if self.check == Check::NoFile && cx.known(&self.network).is_some() {
            return self.judge(cx);
        }
        State::Connected(self)
    }

    pub(super) fn iwd_does(mut self, cx: &mut Context) -> State {
        match (cx.iwd.state.phase, cx.iwd.state.network.clone()) {
            (StationPhase::Connected, Some(network)) if network != self.network => {
                self.over(cx);
                Self::begin(cx, network, false)
            }
            (StationPhase::Connected, _) | (StationPhase::Connecting, None) => {
                State::Connected(self)
            }
            (StationPhase::Disconnecting, _) => {
                self.parting = true;
                State::Connected(self)
            }
            (StationPhase::Connecting, Some(network)) => {
                self.over(cx);
                Connecting::begin(cx, network, false)
            }
            (StationPhase::Disconnected, _) => {
                self.over(cx);
                let (why, reason) = if self.parting {
                    (Why::Quiet, EndReason::User)
                } else {
                    (Why::Lost, EndReason::Lost)
                };
                cx.core.notify(Notice::Lost {
                    ssid: self.network.ssid.clone(),
                    reason,
                });
                let joins = cx
                    .known(&self.network)
                    .is_some_and(|known| known.autoconnect);
                cx.search.lost = Some(self.network).filter(|_| joins && why == Why::Lost);
                Idle::begin(cx, why)
            }
        }
    }

    /// The association is over: the next one may have another address.
    fn over(&self, cx: &mut Context) {
        if self.check == Check::Done {
            cx.network_is_used(&self.network);
        }
        cx.write_addresses();
    }

    /// There is no file in time.
    pub(super) fn timeout(self, cx: &mut Context) -> State {
        Refused::begin(cx, self.network, IwdProblem::NoFile)
    }

    pub(super) const fn network(&self) -> &NetworkId {
        &self.network
    }
}
