//! From the choice of a network to its connection: pin, take the assigned address, prove that it is
//! there, and associate from what is already known, without a single probe request.

use std::time::Duration;

use super::Action;
use super::disconnecting::Ending;
use super::{Associated, Context, Disconnecting, Event, State};
use crate::machine::KernelError;
use crate::machine::action::How;
use crate::machine::event::{Link, LinkEvent, MlmeEvent, ScanEvent};
use crate::machine::notice::Notice;
use crate::machine::wpa::backend::{Phase, Reply, Request, Supplicant, SupplicantStatus, WpaEvent};
use crate::scan::failures::Cause;
use crate::scan::selection::Candidate;
use crate::types::{Mac, Ssid};

/// wpa_supplicant notices the new address within milliseconds: ask this often, this many times.
const ASK_AGAIN: Duration = Duration::from_millis(15);
const QUESTIONS: u32 = 100;
/// From the scan that heard the access point to the order to connect: slow drivers load their firmware
/// in between.
const STALE: Duration = Duration::from_secs(6);
/// From the order to connect to the connection, handshakes included.
const ASSOCIATION: Duration = Duration::from_secs(12);
/// A rejection may be part of a longer negotiation (SAE groups): give it this long.
const AFTER_REJECTION: Duration = Duration::from_millis(400);

#[derive(Debug)]
pub(in crate::machine) struct Associating {
    candidate: Candidate,
    address: Mac,
    step: Step,
    tries: u32,
    rejection: Option<u16>,
    /// An access point has seen the address.
    authenticated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Only the chosen network may be joined.
    Pinning,
    /// The supplicant forgets the address that it would put back by itself.
    Disarming,
    /// The assigned address goes on the card.
    Assigning,
    /// The supplicant must know the new address before it may speak under it.
    Agreeing,
    /// It was told to connect.
    Ordering,
    /// Frames are on the air.
    Connecting,
    /// Connected: back to its ordinary ways, within this network.
    Settling,
}

impl Associating {
    pub(super) fn begin(cx: &mut Context, candidate: Candidate) -> State {
        cx.leave_state();
        let address = match cx.assign(&candidate) {
            Ok(address) => address,
            Err(error) => {
                cx.failed(&candidate.ssid, Cause::Refused, error.to_string());
                return super::Scanning::begin(cx);
            }
        };
        cx.heard_at(&candidate.ssid, Some(candidate.frequency));
        cx.notify(Notice::Associating {
            ssid: candidate.ssid.clone(),
            bssid: candidate.bssid,
            address,
        });
        cx.ask(Request::SelectNetwork {
            ssid: candidate.ssid.clone(),
            except: candidate.stale.clone(),
            forget_keys: !cx.memory.has_address(&candidate.ssid, address),
        });
        State::Associating(Self {
            candidate,
            address,
            step: Step::Pinning,
            tries: 0,
            rejection: None,
            authenticated: false,
        })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match (self.step, event) {
            (Step::Pinning, Event::Backend(WpaEvent::Reply(Reply::Done(Ok(())))))
                if cx.must_forget_own_address =>
            {
                cx.ask(Request::ForgetOwnAddress);
                self.into_step(Step::Disarming)
            }
            (Step::Pinning, Event::Backend(WpaEvent::Reply(Reply::Done(Ok(()))))) => {
                self.assign(cx)
            }
            (Step::Disarming, Event::Backend(WpaEvent::Reply(Reply::Done(Ok(()))))) => {
                cx.must_forget_own_address = false;
                self.assign(cx)
            }
            (Step::Assigning, Event::Link(LinkEvent::Answered(Ok(link)))) => {
                self.read_back(cx, link)
            }
            (Step::Assigning, Event::Link(LinkEvent::Answered(Err(refusal)))) => {
                self.refused(cx, &refusal)
            }
            (Step::Agreeing, Event::Backend(WpaEvent::Reply(Reply::Status(Ok(status))))) => {
                self.compare(cx, &status)
            }
            (Step::Ordering, Event::Backend(WpaEvent::Reply(Reply::Done(Ok(()))))) => {
                cx.wake_in(ASSOCIATION);
                self.into_step(Step::Connecting)
            }
            (Step::Ordering | Step::Connecting, Event::Backend(WpaEvent::Supplicant(event))) => {
                self.hear(cx, event)
            }
            (Step::Ordering | Step::Connecting, Event::Mlme(mlme)) => self.watch(cx, mlme),
            (Step::Settling, Event::Backend(WpaEvent::Reply(Reply::Done(Ok(()))))) => {
                Associated::begin(cx, self.candidate.ssid)
            }
            (
                Step::Settling,
                Event::Backend(WpaEvent::Supplicant(Supplicant::Disconnected { reason, local })),
            ) => Disconnecting::begin(cx, self.candidate.ssid, Some(Ending { reason, local })),
            (
                Step::Agreeing | Step::Ordering | Step::Connecting,
                Event::Scan(ScanEvent::Started(scan)),
            ) if scan.is_leaking() && cx.has_drawn() && !self.authenticated => {
                self.give_up_address(cx)
            }
            // A supplicant that failed unheard would try again and again.
            (Step::Ordering | Step::Connecting, Event::Overrun) => {
                self.fail(cx, Cause::Transient, "lost sight of the attempt")
            }
            (
                _,
                Event::Backend(WpaEvent::Reply(
                    Reply::Done(Err(failure)) | Reply::Status(Err(failure)),
                )),
            ) => self.fail(cx, Cause::Transient, failure.to_string()),
            (step, Event::Link(LinkEvent::Changed(link)))
                if step > Step::Assigning && link.address != self.address =>
            {
                cx.note_dispute();
                self.fail(
                    cx,
                    Cause::Transient,
                    format!("somebody changed the address to {}", link.address),
                )
            }
            (step, Event::Link(LinkEvent::Changed(link))) if step > Step::Assigning && !link.up => {
                self.fail(cx, Cause::Transient, "somebody took the link down")
            }
            (_, _) => State::Associating(self),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        match self.step {
            Step::Agreeing => {
                cx.ask(Request::Status);
                State::Associating(self)
            }
            Step::Ordering if self.rejection.is_none() => {
                let why = "the supplicant takes so long that the access point may be gone";
                self.fail_ordered(cx, why)
            }
            Step::Ordering | Step::Connecting => match self.rejection {
                Some(status) => self.fail(
                    cx,
                    Cause::Refused,
                    format!("the access point refused (status {status})"),
                ),
                None => self.fail(cx, Cause::Transient, "no connection within 12 s"),
            },
            Step::Pinning | Step::Disarming | Step::Assigning | Step::Settling => {
                State::Associating(self)
            }
        }
    }

    /// The assigned address, once it may be on the card.
    pub(in crate::machine) fn address(&self) -> Option<Mac> {
        (self.step >= Step::Assigning).then_some(self.address)
    }

    pub(in crate::machine) const fn ssid(&self) -> &Ssid {
        &self.candidate.ssid
    }

    fn into_step(mut self, step: Step) -> State {
        self.step = step;
        State::Associating(self)
    }

    fn assign(mut self, cx: &mut Context) -> State {
        cx.mask = None;
        self.tries = 0;
        cx.act(Action::SetAddress {
            address: self.address,
            how: How::Cycle,
        });
        self.into_step(Step::Assigning)
    }

    fn read_back(mut self, cx: &mut Context, link: Link) -> State {
        if link.address == self.address && link.up {
            self.tries = 0;
            cx.ask(Request::Status);
            return self.into_step(Step::Agreeing);
        }
        self.refused(cx, &KernelError::of_another_address(link))
    }

    fn refused(self, cx: &mut Context, refusal: &KernelError) -> State {
        self.fail(
            cx,
            Cause::Refused,
            format!("the assigned address could not be set: {refusal}"),
        )
    }

    fn compare(mut self, cx: &mut Context, status: &SupplicantStatus) -> State {
        let agrees = status.address == Some(self.address) && status.phase != Phase::LinkDown;
        let left = STALE.saturating_sub(cx.planner.scan_age(cx.now));
        if left.is_zero() {
            let why = "it took so long that the access point may be gone";
            return self.fail(cx, Cause::Transient, why);
        }
        if agrees && !matches!(status.phase, Phase::Connecting | Phase::Connected) {
            cx.ask(Request::Connect);
            cx.wake_in(left);
            return self.into_step(Step::Ordering);
        }
        self.tries += 1;
        if self.tries > QUESTIONS {
            return self.fail(
                cx,
                Cause::Transient,
                "the supplicant does not notice the new address",
            );
        }
        cx.wake_in(ASK_AGAIN);
        State::Associating(self)
    }

    fn hear(mut self, cx: &mut Context, event: Supplicant) -> State {
        match event {
            Supplicant::Connected { .. } => {
                cx.alarm = None;
                cx.ask(Request::AllowRoaming {
                    ssid: self.candidate.ssid.clone(),
                });
                self.into_step(Step::Settling)
            }
            // The first one counts: a supplicant that tries again by itself is refused again and again.
            Supplicant::Rejected { status } if self.rejection.is_none() => {
                self.rejection = Some(status);
                cx.wake_in(AFTER_REJECTION);
                State::Associating(self)
            }
            Supplicant::TemporarilyDisabled {
                wrong_key: true, ..
            } => self.fail(cx, Cause::Refused, "the passphrase seems to be wrong"),
            Supplicant::TemporarilyDisabled {
                wrong_key: false, ..
            } => self.fail(
                cx,
                Cause::Refused,
                "the supplicant gave the network up for a while",
            ),
            Supplicant::Disconnected { reason, .. } => self.fail(
                cx,
                Cause::Transient,
                format!("disconnected (reason {reason})"),
            ),
            Supplicant::NetworkNotFound => self.fail(
                cx,
                Cause::Skipped,
                "the supplicant knows no suitable access point of it",
            ),
            Supplicant::Connecting { .. }
            | Supplicant::Rejected { .. }
            | Supplicant::NetworksChanged
            | Supplicant::ScanResults
            | Supplicant::Appeared
            | Supplicant::Vanished
            | Supplicant::Terminating => State::Associating(self),
        }
    }

    /// Another one drawn by chance is as good, and the scan before cannot be joined to it.
    fn give_up_address(self, cx: &mut Context) -> State {
        let why = "another program scanned under the new address before it was used";
        if self.step > Step::Agreeing {
            return self.fail_ordered(cx, why);
        }
        self.fail(cx, Cause::Transient, why)
    }

    fn watch(mut self, cx: &mut Context, mlme: MlmeEvent) -> State {
        match mlme {
            MlmeEvent::TimedOut => self.fail(cx, Cause::Transient, "nobody answered"),
            MlmeEvent::Authenticated { station } if station != self.address => {
                self.fail(cx, Cause::Refused, format!("authenticated as {station}"))
            }
            MlmeEvent::Authenticated { .. } => {
                self.authenticated = true;
                State::Associating(self)
            }
            MlmeEvent::Authenticating | MlmeEvent::Ended => State::Associating(self),
        }
    }

    fn fail(self, cx: &mut Context, cause: Cause, why: impl Into<String>) -> State {
        cx.failed(&self.candidate.ssid, cause, why);
        Disconnecting::after_failure(cx)
    }

    /// Before the supplicant has carried its order out.
    fn fail_ordered(self, cx: &mut Context, why: &str) -> State {
        cx.failed(&self.candidate.ssid, Cause::Transient, why);
        Disconnecting::while_down(cx)
    }
}
