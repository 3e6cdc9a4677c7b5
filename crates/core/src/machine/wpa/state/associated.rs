//! Connected under the assigned address: macveil only watches.

use std::time::Duration;

use super::passive_scan::PassiveScan;
use super::roaming::Roaming;
use super::{Activity, Context, Disconnecting, Handler, Releasing, State};
use crate::address::USE_INTERVAL;
use crate::machine::action::Action;
use crate::machine::event::{Command, Link, MlmeEvent, ScanStarted};
use crate::machine::notice::{EndReason, NetworkRemark, Notice, Remark};
use crate::machine::wpa::backend::{
    NetworkList, Phase, Reply, Request, Supplicant, SupplicantStatus,
};
use crate::machine::wpa::networks::EDITED_NETWORKS_PAUSE;
use crate::machine::wpa::peers::{Decision, PeerLookup, Peers, Verdict};
use crate::machine::{KernelError, Time};
use crate::types::{Bss, Mac, Ssid};

/// Events can be lost while the connection begins: when the supplicant is first asked for its state.
const FIRST_CHECK: Duration = Duration::from_secs(5);
/// The interval at which it is asked afterwards, unless its end is reported: whatever else ends the
/// connection, the kernel reports.
const STATUS_INTERVAL: Duration = Duration::from_secs(60);
/// The same while the connection is in doubt, as while roaming.
const DOUBT_INTERVAL: Duration = Duration::from_millis(500);
const MAX_DOUBTS: u32 = 20;
/// The kernel can be faster than the supplicant, which knows why the connection ended.
const REASON_TIMEOUT: Duration = Duration::from_millis(100);
/// A program that scans again and again costs one round of commands in this time.
const SILENCE_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(in crate::machine) struct Associated {
    ssid: Ssid,
    address: Mac,
    decision: Decision,
    peers: Peers,
    lookup: PeerLookup,
    /// The supplicant named this peer, which was not known; the network's id, if it named it.
    unknown_peer: Option<(Mac, Option<u32>)>,
    ending: Option<EndReason>,
    doubts: u32,
    /// When the supplicant was last told to be silent.
    silenced: Option<Time>,
    /// The connection is gone; the reason is not known yet.
    has_ended: bool,
    scan: PassiveScan,
    roaming: Roaming,
    /// The access point, as far as it is known.
    bssid: Option<Mac>,
}

impl Associated {
    pub(super) fn begin(cx: &mut Context, decision: Decision, peers: Peers) -> State {
        Self::enter(cx, decision, peers, false).into_state(cx)
    }

    /// Adopts a connection that is older than macveil.
    pub(super) fn adopt(cx: &mut Context, decision: Decision, peers: Peers) -> State {
        let associated = Self::enter(cx, decision, peers, true);
        associated.allow_roaming(cx);
        associated.into_state(cx)
    }

    fn enter(cx: &mut Context, decision: Decision, peers: Peers, adopted: bool) -> Self {
        cx.leave_state();
        let ssid = decision.ssid.clone();
        let address = cx.core.link.address;
        cx.mask.current = None;
        cx.networks.lost = None;
        cx.networks.wanted = None;
        cx.networks.entered = Some((ssid.clone(), address));
        cx.core.act(Action::EnterNetwork(ssid.clone()));
        cx.association_begins(&ssid);
        cx.counters.associations = cx.counters.associations.saturating_add(1);
        cx.core.notify(Notice::Connected {
            ssid: ssid.clone(),
            address,
            adopted,
        });
        cx.core.wake_in(FIRST_CHECK);
        let roaming = Roaming::begin(cx);
        Self {
            ssid,
            address,
            bssid: decision.joined.bssid,
            decision,
            peers,
            lookup: PeerLookup::default(),
            unknown_peer: None,
            ending: None,
            doubts: 0,
            silenced: None,
            has_ended: false,
            scan: PassiveScan::default(),
            roaming,
        }
    }

    fn into_state(self, cx: &mut Context) -> State {
        if cx.core.link.carrier {
            self.into()
        } else {
            self.doubt(cx)
        }
    }

    fn allow_roaming(&self, cx: &mut Context) {
        cx.request(Request::AllowRoaming {
            ssid: self.ssid.clone(),
            except: self.peers.denied.clone(),
            limits: self.peers.limits.clone(),
        });
    }

    /// The supplicant's table or its networks changed: who may see the address is decided again.
    fn survey(&self, cx: &mut Context) {
        if !self.peers.need_no_table() {
            self.list_networks(cx);
        }
    }

    fn list_networks(&self, cx: &mut Context) {
        let named = self.unknown_peer.map(|(bssid, _)| bssid);
        let bssids = named.into_iter().chain(self.decision.joined.bssid);
        cx.request(Request::ListNetworks {
            bssids: bssids.collect(),
        });
    }

    fn surveyed(mut self, cx: &mut Context, list: NetworkList) -> State {
        cx.learn_networks(list.networks, list.other);
        let peers = cx.peers(&self.decision, &list.table, &self.peers.denied, &[]);
        if let Some((bssid, id)) = self.unknown_peer.take()
            && peers.verdict(bssid, id) != Verdict::Allowed
        {
            return self.cut_off(cx, bssid);
        }
        if peers != self.peers {
            self.peers = peers;
            self.allow_roaming(cx);
        }
        let better = self.roaming.choose(self.bssid, &list.table);
        if let Some(bssid) = better.filter(|&it| self.peers.verdict(it, None) == Verdict::Allowed) {
            cx.request(Request::Roam { bssid });
        }
        self.into()
    }

    /// The supplicant is connected to this access point now.
    fn joined(&mut self, cx: &mut Context, bssid: Mac) {
        if self.bssid.replace(bssid) != Some(bssid) {
            self.roaming = Roaming::begin(cx);
            self.allow_roaming(cx);
        }
    }

    /// The supplicant has this peer now, or tries it: whether it must be cut off. One that is not known
    /// is looked up.
    fn must_cut_off(&mut self, cx: &mut Context, bssid: Mac, id: Option<u32>) -> bool {
        let verdict = self.peers.verdict(bssid, id);
        if verdict == Verdict::Unknown {
            self.unknown_peer = Some((bssid, id));
            self.survey(cx);
        }
        verdict == Verdict::Denied
    }

    fn cut_off(self, cx: &mut Context, bssid: Mac) -> State {
        cx.counters.wrong_peers = cx.counters.wrong_peers.saturating_add(1);
        cx.remark_on(&self.ssid, NetworkRemark::WrongPeer { bssid });
        Disconnecting::from_wrong_peer(cx, self.ssid)
    }

    /// Something happened to the connection.
    fn doubt(mut self, cx: &mut Context) -> State {
        self.doubts = MAX_DOUBTS;
        cx.request(Request::Status);
        cx.core.wake_in(DOUBT_INTERVAL);
        self.into()
    }

    fn judge(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        if let Some(bssid) = status.bssid
            && self.must_cut_off(cx, bssid, status.id)
        {
            return self.cut_off(cx, bssid);
        }
        // The supplicant can miss the end of a connection, the kernel cannot.
        let has_carrier = cx.core.link.carrier || self.doubts > 0;
        match status.phase {
            Phase::Connected if has_carrier && status.ssid.as_ref() == Some(&self.ssid) => {
                cx.connected_at(&self.ssid, status.frequency);
                self.bssid = status.bssid.or(self.bssid);
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
            cx.core.timer = None;
            if cx.networks.are_edited(cx.core.now) {
                // A hotspot that is added must not start before it is known.
                cx.core.wake_in(EDITED_NETWORKS_PAUSE);
            } else if !cx.supplicant.is_watched {
                cx.core.wake_in(STATUS_INTERVAL);
            } else if cx.is_use_recorded(&self.ssid) {
                cx.core.wake_in(USE_INTERVAL);
            }
        }
        self.roaming.wake(cx);
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

    /// Perhaps a user changed a setting that keeps the supplicant from scanning.
    fn external_scan_started(mut self, cx: &mut Context, scan: ScanStarted) -> State {
        let now = cx.core.now;
        let is_due = self
            .silenced
            .is_none_or(|at| now.saturating_sub(at) >= SILENCE_PAUSE);
        if scan.is_leaking() && is_due && cx.supplicant.is_present {
            self.silenced = Some(now);
            cx.request(Request::Silence);
        }
        self.into()
    }

    fn mlme(mut self, cx: &mut Context, event: MlmeEvent) -> State {
        let Some(peer) = event.peer() else {
            return match event {
                MlmeEvent::Ended => self.doubt(cx),
                _ => self.into(),
            };
        };
        self.lookup.ask(cx, peer, self.bssid);
        match self.peers.verdict(peer, None) {
            Verdict::Allowed => self.into(),
            Verdict::Denied => self.cut_off(cx, peer),
            // A multi-link device, or a BSS that has just appeared: the supplicant knows.
            Verdict::Unknown => self.doubt(cx),
        }
    }

    fn supplicant(mut self, cx: &mut Context, event: Supplicant) -> State {
        if let Some((bssid, id)) = event.peer() {
            if self.must_cut_off(cx, bssid, id) {
                return self.cut_off(cx, bssid);
            }
            // It may fail before the kernel has begun, which then reports nothing.
            if matches!(event, Supplicant::Connecting { .. }) {
                return self.doubt(cx);
            }
            self.joined(cx, bssid);
            return self.into();
        }
        match event {
            Supplicant::ScanResults => {
                self.roaming.digested(cx);
                self.survey(cx);
                self.into()
            }
            Supplicant::NetworksChanged => {
                self.list_networks(cx);
                cx.core.wake_in(EDITED_NETWORKS_PAUSE);
                self.into()
            }
            Supplicant::SignalChanged { .. } => {
                self.roaming.signal_changed(cx);
                self.into()
            }
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
            | Supplicant::Resumed
            | Supplicant::ConnectRequested
            | Supplicant::ConfigurationRead
            | Supplicant::NetworkNotFound
            | Supplicant::TemporarilyDisabled { .. }
            | Supplicant::Terminating => self.into(),
        }
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match reply {
            Reply::Status(Ok(status)) => self.judge(cx, &status),
            Reply::Status(Err(_)) => Disconnecting::begin(cx, self.ssid, EndReason::Unknown),
            Reply::NetworkList(Ok(list)) => self.surveyed(cx, list),
            // Who may see the address cannot be denied to the supplicant.
            Reply::NetworkList(Err(failure)) | Reply::Done(Err(failure))
                if !self.peers.are_uniform() =>
            {
                let failure = failure.to_string();
                cx.remark(Remark::Supplicant { failure });
                Disconnecting::begin(cx, self.ssid, EndReason::Unknown)
            }
            Reply::Quiesce(_) | Reply::NetworkList(_) | Reply::Done(_) => self.into(),
        }
    }

    fn command(mut self, cx: &mut Context, command: Command) -> State {
        match command {
            Command::Rejoin(ssid) if ssid == self.ssid && cx.user.pause.is_none() => {
                cx.remark_on(&ssid, NetworkRemark::Rejoining);
                Disconnecting::for_another_address(cx, ssid)
            }
            Command::Rejoin(_)
            | Command::Pause { .. }
            | Command::Unpause
            | Command::Rotate
            | Command::Resumed
            | Command::Release
            | Command::Yield => self.into(),
            Command::Scan => {
                self.scan.begin(cx);
                self.into()
            }
        }
    }

    fn scan_accepted(mut self, cx: &mut Context, result: Result<(), KernelError>) -> State {
        self.scan.answered(cx, result);
        self.into()
    }

    fn scan_ended(mut self, cx: &mut Context) -> State {
        self.scan.ended(cx);
        self.into()
    }

    fn scan_results(mut self, cx: &mut Context, found: Vec<Bss>) -> State {
        if let Some(peer) = self.lookup.of_another_network(&self.ssid, &found) {
            return self.cut_off(cx, peer);
        }
        if let Some(fresh) = self.scan.results(cx, &found) {
            let current = self.bssid;
            self.roaming
                .heard(cx, &self.ssid, current, &fresh, &mut self.scan);
        }
        self.into()
    }

    fn release(self, cx: &mut Context) -> State {
        Releasing::begin(cx, Activity::Connected)
    }

    fn overrun(mut self, cx: &mut Context) -> State {
        self.scan.ended(cx);
        self.doubt(cx)
    }

    fn mode_changed(self, cx: &mut Context) -> State {
        Disconnecting::for_another_mode(cx, self.ssid)
    }

    fn timeout(mut self, cx: &mut Context) -> State {
        self.roaming.search(cx, &self.ssid, &mut self.scan);
        cx.network_is_still_used(&self.ssid);
        if cx.networks.are_edited(cx.core.now) {
            self.list_networks(cx);
        }
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
