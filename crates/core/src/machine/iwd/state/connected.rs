//! iwd is connected; the kernel reports the address.

use std::time::Duration;

use super::{Connecting, Context, Idle, Refused, Rejoining, State, Why};
use crate::machine::iwd::Action;
use crate::machine::iwd::backend::{NetworkId, StationPhase};
use crate::machine::notice::{EndReason, IwdProblem, NetworkRemark, Notice};

/// iwd writes the file of a new network once it is connected.
const NEW_FILE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(in crate::machine::iwd) struct Connected {
    network: NetworkId,
    /// macveil requested it, after a connection under a wrong address.
    is_retry: bool,
    check: Check,
    /// A program told iwd to disconnect.
    is_disconnecting: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// The link is being read.
    Reading,
    /// The address is wrong, and the network has no file yet.
    NoFile,
    /// The address is right, or not checked.
    Done,
}

impl Connected {
    pub(super) fn begin(cx: &mut Context, network: NetworkId, is_retry: bool) -> State {
        cx.core.timer = None;
        cx.attempt.shown = None;
        cx.end_leaking_scan();
        cx.core.read_link();
        State::Connected(Self {
            network,
            is_retry,
            check: Check::Reading,
            is_disconnecting: false,
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
            cx.enter_network(&self.network, address);
            cx.association_begins(&self.network, address);
            cx.core.notify(Notice::Connected {
                ssid: self.network.ssid.clone(),
                address,
                adopted: false,
            });
            return State::Connected(self);
        }
        if let Some(reason) = cx.files.obstacle(&self.network).cloned() {
            return Refused::begin(cx, self.network, IwdProblem::NoAddress { reason });
        }
        if cx.known(&self.network).is_none() {
            self.check = Check::NoFile;
            // There was no address that iwd could use.
            self.is_retry = false;
            cx.core.wake_in(NEW_FILE_TIMEOUT);
            return State::Connected(self);
        }
        if self.is_retry {
            return Refused::begin(cx, self.network, IwdProblem::AddressUnusedTwice);
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
                self.is_disconnecting = true;
                State::Connected(self)
            }
            (StationPhase::Connecting, Some(network)) => {
                self.over(cx);
                Connecting::begin(cx, network, false)
            }
            (StationPhase::Disconnected, _) => {
                self.over(cx);
                let (why, reason) = if self.is_disconnecting {
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

    /// The association is over: the next one can have another address.
    fn over(&self, cx: &mut Context) {
        if self.check == Check::Done {
            cx.network_is_used(&self.network);
        }
        cx.write_addresses();
    }

    /// There is still no file.
    pub(super) fn timeout(self, cx: &mut Context) -> State {
        Refused::begin(cx, self.network, IwdProblem::NoFile)
    }

    pub(super) const fn network(&self) -> &NetworkId {
        &self.network
    }
}
