//! Connected under the assigned address: macveil only watches.

use std::time::Duration;

use super::{Context, Disconnecting, Handler, State};
use crate::machine::event::{Command, Link, MlmeEvent};
use crate::machine::notice::{EndReason, NetworkRemark, Notice, Remark};
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, SupplicantStatus};
use crate::types::{Mac, Ssid};

/// Events can be lost: the interval at which the supplicant is asked for its state.
const STATUS_INTERVAL: Duration = Duration::from_secs(60);
/// The same while the connection is in doubt, as while roaming.
const DOUBT_INTERVAL: Duration = Duration::from_millis(500);
const MAX_DOUBTS: u32 = 20;
/// The kernel can be faster than the supplicant, which knows why the connection ended.
const REASON_TIMEOUT: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(in crate::machine) struct Associated {
    ssid: Ssid,
    address: Mac,
    ending: Option<EndReason>,
    doubts: u32,
    /// The connection is gone; the reason is not known yet.
    has_ended: bool,
}

impl Associated {
    pub(super) fn begin(cx: &mut Context, ssid: Ssid) -> State {
        Self::enter(cx, ssid, false)
    }

    /// Adopts a connection that is older than macveil.
    pub(super) fn adopt(cx: &mut Context, ssid: Ssid) -> State {
        Self::enter(cx, ssid, true)
    }

    fn enter(cx: &mut Context, ssid: Ssid, adopted: bool) -> State {
        cx.leave_state();
        let address = cx.core.link.address;
        cx.mask.current = None;
        cx.networks.lost = None;
        cx.networks.wanted = None;
        cx.association_begins(&ssid);
        cx.counters.associations = cx.counters.associations.saturating_add(1);
        cx.core.notify(Notice::Connected {
            ssid: ssid.clone(),
            address,
            adopted,
        });
        cx.core.wake_in(STATUS_INTERVAL);
        let associated = Self {
            ssid,
            address,
            ending: None,
            doubts: 0,
            has_ended: false,
        };
        if cx.core.link.carrier {
            associated.into()
        } else {
            associated.doubt(cx)
        }
    }

    /// Something happened to the connection.
    fn doubt(mut self, cx: &mut Context) -> State {
        self.doubts = MAX_DOUBTS;
        cx.request(Request::Status);
        cx.core.wake_in(DOUBT_INTERVAL);
        self.into()
    }

    fn judge(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        match status.phase {
            Phase::Connected if status.ssid.as_ref() == Some(&self.ssid) => {
                cx.heard_at(&self.ssid, status.frequency);
                // The supplicant may not have noticed yet what just happened: it is asked again.
                self.doubts = self.doubts.min(1);
                self.still_connected(cx)
            }
            Phase::Connecting if self.doubts > 0 => self.still_connected(cx),
            Phase::Idle if self.ending.is_none() && !self.has_ended => {
                cx.core.wake_in(REASON_TIMEOUT);
                self.has_ended = true;
                self.into()
            }
            Phase::Connected
            | Phase::Connecting
            | Phase::LinkDown
            | Phase::Idle
            | Phase::Scanning => {
                let ending = self.ending.unwrap_or(EndReason::Unknown);
                Disconnecting::begin(cx, self.ssid, ending)
            }
        }
    }

    fn still_connected(mut self, cx: &mut Context) -> State {
        if self.doubts > 0 {
            self.doubts -= 1;
            cx.core.wake_in(DOUBT_INTERVAL);
        } else {
            self.ending = None;
            cx.user.leave_requested = false;
            cx.core.wake_in(STATUS_INTERVAL);
        }
        self.into()
    }

    pub(in crate::machine) const fn address(&self) -> Mac {
        self.address
    }

    pub(in crate::machine) const fn ssid(&self) -> &Ssid {
        &self.ssid
    }
}

impl Handler for Associated {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        let Link {
            address,
            up,
            carrier,
        } = link;
        if address != self.address {
            cx.remark(Remark::AddressChanged { address });
            cx.note_dispute();
            return Disconnecting::for_another_address(cx, self.ssid);
        }
        match (up, carrier) {
            (false, _) => Disconnecting::link_is_down(cx, self.ssid),
            (true, false) => self.doubt(cx),
            (true, true) => self.into(),
        }
    }

    fn mlme(self, cx: &mut Context, event: MlmeEvent) -> State {
        if event == MlmeEvent::Ended {
            return self.doubt(cx);
        }
        self.into()
    }

    fn supplicant(mut self, cx: &mut Context, event: Supplicant) -> State {
        match event {
            Supplicant::Disconnected { reason, local } => {
                self.ending = Some(EndReason::of(reason, local));
                self.doubt(cx)
            }
            Supplicant::Rejected { .. } => self.doubt(cx),
            Supplicant::Appeared
            | Supplicant::Vanished
            | Supplicant::Connecting { .. }
            | Supplicant::Connected { .. }
            | Supplicant::LeaveRequested
            | Supplicant::NetworkNotFound
            | Supplicant::TemporarilyDisabled { .. }
            | Supplicant::NetworksChanged
            | Supplicant::ScanResults
            | Supplicant::Terminating => self.into(),
        }
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Status(Ok(status)) => self.judge(cx, &status),
            Reply::Status(Err(_)) => Disconnecting::begin(cx, self.ssid, EndReason::Unknown),
            Reply::Quiesce(_) | Reply::NetworkList(_) | Reply::Done(_) => self.into(),
        }
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Rejoin(ssid) if ssid == self.ssid && cx.user.pause.is_none() => {
                cx.remark_on(&ssid, NetworkRemark::Rejoining);
                Disconnecting::for_another_address(cx, ssid)
            }
            Command::Rejoin(_)
            | Command::Pause { .. }
            | Command::Unpause
            | Command::Rotate
            | Command::Scan
            | Command::Resumed
            | Command::Release
            | Command::Yield => self.into(),
        }
    }

    fn overrun(self, cx: &mut Context) -> State {
        self.doubt(cx)
    }

    fn timeout(self, cx: &mut Context) -> State {
        cx.network_is_still_used(&self.ssid);
        cx.request(Request::Status);
        cx.core.wake_in(STATUS_INTERVAL);
        self.into()
    }
}

impl EndReason {
    /// The end of a connection as the supplicant reports it.
    pub(super) const fn of(reason: u16, local: bool) -> Self {
        if local {
            Self::Local { reason }
        } else {
            Self::AccessPoint { reason }
        }
    }
}
