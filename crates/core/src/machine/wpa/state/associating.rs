//! From the choice of a network to its connection: select it, set and verify the assigned address, and
//! associate from existing scan results, without a probe request.

use std::time::Duration;

use super::{Activity, Associated, Context, Disconnecting, Handler, Releasing, Scanning, State};
use crate::machine::KernelError;
use crate::machine::action::{Action, How};
use crate::machine::event::{Command, Link, MlmeEvent, ScanStarted};
use crate::machine::notice::{EndReason, FailReason, Notice};
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, SupplicantStatus};
use crate::machine::wpa::peers::{Decision, PeerLookup, Peers, Verdict};
use crate::scan::failures::Cause;
use crate::scan::selection::Candidate;
use crate::types::{Bss, BssEntry, Mac, Ssid};

/// wpa_supplicant notices a new address within milliseconds.
const STATUS_INTERVAL: Duration = Duration::from_millis(15);
const MAX_STATUS_REQUESTS: u32 = 100;
/// From the scan that heard the access point to the order to connect: slow drivers load their firmware
/// in between.
const MAX_SCAN_AGE: Duration = Duration::from_secs(6);
/// From the order to connect to the connection, handshakes included.
const ASSOCIATION_TIMEOUT: Duration = Duration::from_secs(12);
/// A rejection can be part of a longer negotiation (SAE groups).
const REJECTION_TIMEOUT: Duration = Duration::from_millis(400);

#[derive(Debug)]
pub(in crate::machine) struct Associating {
    candidate: Candidate,
    address: Mac,
    peers: Peers,
    lookup: PeerLookup,
    step: Step,
    status_requests: u32,
    rejection: Option<u16>,
    /// An access point has seen the address.
    is_authenticated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Allow the chosen network only.
    Selecting,
    /// The supplicant forgets the address that it would restore.
    Forgetting,
    /// Set the assigned address.
    SettingAddress,
    /// Wait until the supplicant knows the new address.
    Agreeing,
    /// Read whether another program has connected the card meanwhile.
    Checking,
    /// The order to connect was sent.
    Ordering,
    /// Frames are on the air.
    Connecting,
    /// Connected: roaming is allowed again.
    Settling,
}

impl Associating {
    /// `table`: the supplicant's BSS table.
    pub(super) fn begin(cx: &mut Context, candidate: Candidate, table: &[BssEntry]) -> State {
        cx.leave_state();
        cx.user.leave_requested = false;
        let address = match cx.assign(&candidate) {
            Ok(address) => address,
            Err(error) => {
                let reason = error.to_string();
                let reason = FailReason::NoAddress { reason };
                cx.failed(&candidate.ssid, Cause::Refused, reason);
                return Scanning::begin(cx);
            }
        };
        for other in table.iter().filter(|it| it.ssid == candidate.ssid) {
            cx.heard_at(&candidate.ssid, Some(other.frequency));
        }
        cx.heard_at(&candidate.ssid, Some(candidate.frequency));
        cx.core.notify(Notice::Associating {
            ssid: candidate.ssid.clone(),
            bssid: candidate.bssid,
            address,
        });
        let failures = &cx.networks.failures;
        let forget_keys = !failures.has_address(&candidate.ssid, address);
        let decision = decision(&candidate, address);
        let peers = cx.peers(&decision, table, &[], &candidate.stale);
        let stale = candidate.stale.iter();
        let stale = stale.filter(|bssid| !peers.denied.contains(bssid));
        cx.stop_p2p_devices();
        cx.request(Request::SelectNetwork {
            ssid: candidate.ssid.clone(),
            except: stale.chain(&peers.denied).copied().collect(),
            limits: peers.limits.clone(),
            forget_keys,
        });
        State::Associating(Self {
            candidate,
            address,
            peers,
            lookup: PeerLookup::default(),
            step: Step::Selecting,
            status_requests: 0,
            rejection: None,
            is_authenticated: false,
        })
    }

    /// The assigned address, once it can be on the interface.
    pub(in crate::machine) fn address(&self) -> Option<Mac> {
        (self.step >= Step::SettingAddress).then_some(self.address)
    }

    pub(in crate::machine) const fn ssid(&self) -> &Ssid {
        &self.candidate.ssid
    }

    fn into_step(mut self, step: Step) -> State {
        self.step = step;
        self.into()
    }

    fn set_address(self, cx: &mut Context) -> State {
        cx.mask.current = None;
        let last = cx.networks.entered.as_ref();
        let next = (&self.candidate.ssid, self.address);
        if last.is_some_and(|(ssid, address)| (ssid, *address) != next) {
            cx.core.act(Action::LeaveNetwork);
        }
        cx.core.set_address(self.address, How::Cycle);
        self.into_step(Step::SettingAddress)
    }

    fn not_set(self, cx: &mut Context, error: KernelError) -> State {
        self.fail(cx, Cause::Refused, FailReason::AddressNotSet(error))
    }

    fn compare(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        let agrees = status.address == Some(self.address) && status.phase != Phase::LinkDown;
        let left = time_left(cx);
        if left.is_zero() {
            return self.fail(cx, Cause::Transient, FailReason::Stale);
        }
        if agrees && !matches!(status.phase, Phase::Connecting | Phase::Connected) {
            cx.core.read_link();
            cx.core.wake_in(left);
            return self.into_step(Step::Checking);
        }
        self.status_requests += 1;
        if self.status_requests > MAX_STATUS_REQUESTS {
            return self.fail(cx, Cause::Transient, FailReason::AddressUnnoticed);
        }
        cx.core.wake_in(STATUS_INTERVAL);
        self.into()
    }

    /// An event of the supplicant while it connects.
    fn progress(mut self, cx: &mut Context, event: Supplicant) -> State {
        match event {
            Supplicant::Connected { .. } => {
                cx.core.timer = None;
                cx.request(Request::AllowRoaming {
                    ssid: self.candidate.ssid.clone(),
                    except: self.peers.denied.clone(),
                    limits: self.peers.limits.clone(),
                });
                self.into_step(Step::Settling)
            }
            // The first one counts: a supplicant that tries again itself is refused each time.
            Supplicant::Rejected { status } if self.rejection.is_none() => {
                self.rejection = Some(status);
                cx.core.wake_in(REJECTION_TIMEOUT);
                self.into()
            }
            Supplicant::TemporarilyDisabled { wrong_key, .. } => {
                let reason = if wrong_key {
                    FailReason::WrongKey
                } else {
                    FailReason::Disabled
                };
                self.fail(cx, Cause::Refused, reason)
            }
            Supplicant::Disconnected { reason, .. } => {
                self.fail(cx, Cause::Transient, FailReason::Disconnected { reason })
            }
            Supplicant::NetworkNotFound => self.fail(cx, Cause::Skipped, FailReason::NotFound),
            Supplicant::Connecting { .. }
            | Supplicant::LeaveRequested
            | Supplicant::Resumed
            | Supplicant::ConnectRequested
            | Supplicant::ConfigurationRead
            | Supplicant::Rejected { .. }
            | Supplicant::SignalChanged { .. }
            | Supplicant::NetworksChanged
            | Supplicant::ScanResults
            | Supplicant::Appeared
            | Supplicant::Vanished
            | Supplicant::Terminating => self.into(),
        }
    }

    /// The supplicant does not keep to the BSSs that may see the address.
    fn fail_at(self, cx: &mut Context, bssid: Mac) -> State {
        cx.counters.wrong_peers = cx.counters.wrong_peers.saturating_add(1);
        let reason = FailReason::WrongPeer { bssid };
        cx.failed(&self.candidate.ssid, Cause::Refused, reason);
        Disconnecting::while_down(cx)
    }

    /// Frames go to this peer. The kernel may name a multi-link device, which is in no table.
    fn is_denied(&self, event: MlmeEvent) -> Option<Mac> {
        let peer = event.peer()?;
        (self.peers.verdict(peer, None) == Verdict::Denied).then_some(peer)
    }

    fn fail(self, cx: &mut Context, cause: Cause, reason: FailReason) -> State {
        cx.failed(&self.candidate.ssid, cause, reason);
        Disconnecting::after_failure(cx)
    }

    /// Before the supplicant has carried out the order to connect.
    fn fail_ordered(self, cx: &mut Context, reason: FailReason) -> State {
        cx.failed(&self.candidate.ssid, Cause::Transient, reason);
        Disconnecting::while_down(cx)
    }
}

impl Handler for Associating {
    fn link_changed(self, cx: &mut Context, link: Link) -> State {
        if self.step <= Step::SettingAddress {
            return self.into();
        }
        if link.address != self.address {
            cx.note_dispute();
            let address = link.address;
            return self.fail(cx, Cause::Transient, FailReason::AddressChanged { address });
        }
        if !link.up {
            return self.fail(cx, Cause::Transient, FailReason::LinkDown);
        }
        self.into()
    }

    fn link_answered(self, cx: &mut Context, answer: Result<Link, KernelError>) -> State {
        if self.step != Step::Checking {
            return self.into();
        }
        match answer {
            Ok(link) if cx.has_foreign_carrier(link) => {
                self.fail_ordered(cx, FailReason::ForeignConnection)
            }
            // The kernel took its time.
            Ok(_) if time_left(cx).is_zero() => self.fail(cx, Cause::Transient, FailReason::Stale),
            Ok(_) => {
                cx.request(Request::Connect);
                self.into_step(Step::Ordering)
            }
            Err(error) => self.not_set(cx, error),
        }
    }

    fn address_set(mut self, cx: &mut Context, result: Result<Link, KernelError>) -> State {
        if self.step != Step::SettingAddress {
            return self.into();
        }
        match result {
            Ok(link) if link.address == self.address && link.up => {
                self.status_requests = 0;
                cx.request(Request::Status);
                self.into_step(Step::Agreeing)
            }
            Ok(link) => self.not_set(cx, KernelError::of_another_address(link)),
            Err(error) => self.not_set(cx, error),
        }
    }

    fn external_scan_started(self, cx: &mut Context, scan: ScanStarted) -> State {
        let in_time = matches!(
            self.step,
            Step::Agreeing | Step::Checking | Step::Ordering | Step::Connecting
        );
        let is_drawn = cx.assignment.has_drawn();
        if !(in_time && scan.is_leaking() && is_drawn && !self.is_authenticated) {
            return self.into();
        }
        // Another random address is as good, and the scan before cannot be linked to it.
        if self.step >= Step::Ordering {
            return self.fail_ordered(cx, FailReason::AddressScanned);
        }
        self.fail(cx, Cause::Transient, FailReason::AddressScanned)
    }

    fn mlme(mut self, cx: &mut Context, event: MlmeEvent) -> State {
        let is_ordered = self.step >= Step::Ordering;
        if !is_ordered && self.step >= Step::Agreeing && cx.is_connected_by_others(event) {
            return self.fail_ordered(cx, FailReason::ForeignConnection);
        }
        if is_ordered {
            if let Some(bssid) = self.is_denied(event) {
                return self.fail_at(cx, bssid);
            }
            let chosen = Some(self.candidate.bssid);
            if let Some(peer) = event.peer() {
                self.lookup.ask(cx, peer, chosen);
            }
        }
        if !matches!(self.step, Step::Ordering | Step::Connecting) {
            return self.into();
        }
        match event {
            MlmeEvent::TimedOut => {
                cx.address_is_shown(&self.candidate.ssid);
                self.fail(cx, Cause::Transient, FailReason::NoAnswer)
            }
            MlmeEvent::Authenticated { station, .. } if station != self.address => {
                let address = station;
                self.fail(cx, Cause::Refused, FailReason::WrongAddress { address })
            }
            MlmeEvent::Authenticated { .. } => {
                cx.address_is_shown(&self.candidate.ssid);
                self.is_authenticated = true;
                self.into()
            }
            MlmeEvent::Authenticating { .. } | MlmeEvent::Associated { .. } | MlmeEvent::Ended => {
                self.into()
            }
        }
    }

    fn scan_results(self, cx: &mut Context, found: Vec<Bss>) -> State {
        match self.lookup.of_another_network(self.ssid(), &found) {
            Some(peer) => self.fail_at(cx, peer),
            None => self.into(),
        }
    }

    fn supplicant(self, cx: &mut Context, event: Supplicant) -> State {
        if self.step >= Step::Ordering
            && let Some((bssid, id)) = event.peer()
            && self.peers.verdict(bssid, id) != Verdict::Allowed
        {
            return self.fail_at(cx, bssid);
        }
        match (self.step, event) {
            (Step::Ordering | Step::Connecting, event) => self.progress(cx, event),
            (Step::Settling, Supplicant::Disconnected { reason, local }) => {
                let reason = EndReason::of(reason, local);
                Disconnecting::begin(cx, self.candidate.ssid, reason)
            }
            _ => self.into(),
        }
    }

    fn reply(self, cx: &mut Context, reply: Reply) -> State {
        match (self.step, reply) {
            (Step::Selecting, Reply::Done(Ok(()))) if cx.supplicant.must_forget_own_address => {
                cx.request(Request::ForgetOwnAddress);
                self.into_step(Step::Forgetting)
            }
            (Step::Selecting, Reply::Done(Ok(()))) => self.set_address(cx),
            (Step::Forgetting, Reply::Done(Ok(()))) => {
                cx.supplicant.must_forget_own_address = false;
                self.set_address(cx)
            }
            (Step::Agreeing, Reply::Status(Ok(status))) => self.compare(cx, &status),
            (Step::Ordering, Reply::Done(Ok(()))) => {
                cx.core.wake_in(ASSOCIATION_TIMEOUT);
                self.into_step(Step::Connecting)
            }
            (Step::Settling, Reply::Done(Ok(()))) => {
                let decision = decision(&self.candidate, self.address);
                Associated::begin(cx, decision, self.peers)
            }
            (_, Reply::Done(Err(failure)) | Reply::Status(Err(failure))) => {
                let failure = failure.to_string();
                self.fail(cx, Cause::Transient, FailReason::Supplicant { failure })
            }
            _ => self.into(),
        }
    }

    fn release(self, cx: &mut Context) -> State {
        let activity = match self.step {
            Step::Settling => Activity::Connected,
            Step::Selecting
            | Step::Forgetting
            | Step::SettingAddress
            | Step::Agreeing
            | Step::Checking
            | Step::Ordering
            | Step::Connecting => Activity::Joining,
        };
        Releasing::begin(cx, activity)
    }

    fn command(self, cx: &mut Context, command: Command) -> State {
        let is_ordered = matches!(self.step, Step::Ordering | Step::Connecting);
        // What the supplicant would connect to was heard before the machine slept: it would ask for it by name.
        if command == Command::Resumed && is_ordered {
            return self.fail_ordered(cx, FailReason::Stale);
        }
        self.into()
    }

    fn overrun(self, cx: &mut Context) -> State {
        match self.step {
            // The supplicant would repeat an attempt whose failure was lost.
            Step::Ordering | Step::Connecting => {
                cx.address_is_shown(&self.candidate.ssid);
                self.fail(cx, Cause::Transient, FailReason::EventsLost)
            }
            Step::Selecting
            | Step::Forgetting
            | Step::SettingAddress
            | Step::Agreeing
            | Step::Checking
            | Step::Settling => self.into(),
        }
    }

    fn timeout(self, cx: &mut Context) -> State {
        match (self.step, self.rejection) {
            (Step::Agreeing, _) => {
                cx.request(Request::Status);
                self.into()
            }
            (Step::Ordering | Step::Connecting, Some(status)) => {
                self.fail(cx, Cause::Refused, FailReason::Rejected { status })
            }
            (Step::Checking, _) | (Step::Ordering, None) => {
                self.fail_ordered(cx, FailReason::SupplicantSlow)
            }
            (Step::Connecting, None) => {
                let seconds = ASSOCIATION_TIMEOUT.as_secs();
                self.fail(cx, Cause::Transient, FailReason::Timeout { seconds })
            }
            (Step::Selecting | Step::Forgetting | Step::SettingAddress | Step::Settling, _) => {
                self.into()
            }
        }
    }
}

/// Until the access point was heard too long ago.
fn time_left(cx: &Context) -> Duration {
    MAX_SCAN_AGE.saturating_sub(cx.scan.planner.scan_age(cx.core.now))
}

fn decision(candidate: &Candidate, address: Mac) -> Decision {
    Decision {
        ssid: candidate.ssid.clone(),
        joined: candidate.joined.clone(),
        address,
    }
}
