//! Masked, looking for a network: one round of scanning after the other, each ending in a choice.

use std::time::Duration;

use rustix::io::Errno;

use super::Action;
use super::{Associating, Blocked, Context, Event, Masking, NextState, Paused, State, UserScan};
use crate::machine::KernelError;
use crate::machine::Method;
use crate::machine::Time;
use crate::machine::event::{Command, LinkEvent, ScanEvent};
use crate::machine::wpa::backend::{NetworkList, Reply, Request, Supplicant, WpaEvent};
use crate::scan::planner::ScanPlan;
use crate::scan::selection;
use crate::types::Bss;

/// A scan that takes longer is given up.
const SCAN_TIMEOUT: Duration = Duration::from_secs(15);
/// The supplicant takes results in within a few milliseconds; it may also have lost the event.
const DIGESTION: Duration = Duration::from_millis(400);
/// The card is busy with somebody else's scan, or refused ours: try again after this.
const TRY_AGAIN: Duration = Duration::from_secs(2);
/// The list of networks is read again when it is older than this.
const NETWORKS_STALE: Duration = Duration::from_secs(10);
/// While somebody edits the networks.
const NETWORKS_EDITED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(in crate::machine) struct Scanning {
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// The supplicant does something of its own: it is brought to rest first.
    Quieting,
    /// Reading the list of networks.
    Listing,
    /// Silent until the alarm.
    Resting,
    /// Silent until somebody else's scan ends, or the alarm.
    Yielding,
    /// The kernel was asked to scan.
    Starting(ScanPlan),
    /// A scan is on the air; `digested`: the supplicant has said that it knows the results.
    Scanning { plan: ScanPlan, digested: bool },
    /// Reading what the kernel heard.
    Reading { plan: ScanPlan, digested: bool },
    /// Something interesting was heard: waiting until the supplicant knows it too.
    Digesting { plan: ScanPlan, air: Vec<Bss> },
    /// Asking the supplicant about it.
    Surveying { plan: ScanPlan, fresh: Vec<Bss> },
}

impl Scanning {
    /// Starts a round at once; the card is masked.
    pub(super) fn begin(cx: &mut Context) -> State {
        cx.leave_state();
        if cx.networks_are_stale(NETWORKS_STALE) {
            cx.ask(Request::ListNetworks { bssids: Vec::new() });
            return State::Scanning(Self {
                step: Step::Listing,
            });
        }
        Self::next_round(cx)
    }

    /// Starts a round at that moment.
    pub(super) fn begin_at(cx: &mut Context, moment: Time) -> State {
        cx.leave_state();
        Self::rest(cx, moment.saturating_sub(cx.now))
    }

    /// Somebody asked the supplicant for a connection: it is had, but under the right address.
    pub(super) fn on_demand(cx: &mut Context) -> State {
        cx.leave_state();
        cx.memory.clear_failures();
        cx.planner.restart(cx.now);
        cx.networks_changed();
        cx.ask(Request::Quiesce);
        State::Scanning(Self {
            step: Step::Quieting,
        })
    }

    pub(super) fn handle(self, cx: &mut Context, event: Event) -> State {
        match event {
            Event::Backend(WpaEvent::Supplicant(
                Supplicant::NetworkNotFound
                | Supplicant::Connecting { .. }
                | Supplicant::Connected { .. },
            )) => Self::on_demand(cx),
            Event::Link(LinkEvent::Changed(link)) if !link.up => {
                Blocked::until_up(cx, NextState::Search)
            }
            Event::Link(LinkEvent::Changed(_)) if !cx.is_masked() => {
                Masking::again(cx, NextState::Search)
            }
            other => self.advance(cx, other),
        }
    }

    fn advance(self, cx: &mut Context, event: Event) -> State {
        match (self.step, event) {
            (Step::Resting | Step::Yielding, Event::Scan(ScanEvent::Ended))
                if cx.mask_is_exposed() =>
            {
                Masking::rotate(cx, NextState::Search)
            }
            // Whoever listens without end leaves the card free for a moment only.
            (Step::Yielding, Event::Scan(ScanEvent::Ended))
            | (Step::Quieting, Event::Backend(WpaEvent::Reply(Reply::Quiesce(Ok(_)))))
            | (Step::Resting | Step::Yielding, Event::Command(Command::Resumed)) => Self::begin(cx),
            (
                step @ (Step::Resting | Step::Yielding),
                Event::Command(Command::Pause { .. } | Command::Scan | Command::Rotate),
            ) => {
                if cx.may_rotate_now() {
                    return Masking::rotate(cx, NextState::Search);
                }
                Self::diverted(cx).unwrap_or(State::Scanning(Self { step }))
            }
            (Step::Listing, Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(survey))))) => {
                cx.learn_networks(survey.networks);
                Self::next_round(cx)
            }
            (
                Step::Resting | Step::Yielding,
                Event::Backend(WpaEvent::Supplicant(Supplicant::NetworksChanged)),
            ) => {
                cx.wake_in(NETWORKS_EDITED);
                State::Scanning(Self {
                    step: Step::Resting,
                })
            }
            (Step::Starting(plan), Event::Scan(ScanEvent::Accepted(Ok(())))) => {
                cx.scan_accepted();
                cx.wake_in(SCAN_TIMEOUT);
                State::Scanning(Self {
                    step: Step::Scanning {
                        plan,
                        digested: false,
                    },
                })
            }
            (Step::Starting(plan), Event::Scan(ScanEvent::Accepted(Err(refusal)))) => {
                Self::refused(cx, plan, &refusal)
            }
            (
                Step::Scanning { plan, digested },
                Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults)),
            ) => {
                let digested = digested || !std::mem::take(&mut cx.results_owed);
                State::Scanning(Self {
                    step: Step::Scanning { plan, digested },
                })
            }
            // There is one scan at a time: the end of ours was not heard, or may not have been.
            (Step::Scanning { plan, .. }, Event::Scan(ScanEvent::Started(_)) | Event::Overrun) => {
                cx.planner.repeat(plan);
                Self::rest(cx, TRY_AGAIN)
            }
            (Step::Scanning { plan, digested }, Event::Scan(ScanEvent::Ended)) => {
                cx.read_air();
                State::Scanning(Self {
                    step: Step::Reading { plan, digested },
                })
            }
            (Step::Reading { plan, digested }, Event::Scan(ScanEvent::Results(air))) => {
                Self::heard(cx, plan, air, digested)
            }
            (
                Step::Digesting { plan, air },
                Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults)),
            ) => Self::survey(cx, plan, &air),
            (step, Event::Backend(WpaEvent::Supplicant(Supplicant::ScanResults))) => {
                cx.results_owed = false;
                State::Scanning(Self { step })
            }
            (
                Step::Surveying { plan, fresh },
                Event::Backend(WpaEvent::Reply(Reply::NetworkList(Ok(survey)))),
            ) => Self::choose(cx, &plan, &fresh, survey),
            (
                _,
                Event::Backend(WpaEvent::Reply(
                    Reply::Quiesce(Err(failure)) | Reply::NetworkList(Err(failure)),
                )),
            ) => {
                cx.remark(failure.to_string());
                Self::rest(cx, TRY_AGAIN)
            }
            (step, _) => State::Scanning(Self { step }),
        }
    }

    pub(super) fn alarm(self, cx: &mut Context) -> State {
        match self.step {
            Step::Digesting { plan, air } => Self::survey(cx, plan, &air),
            Step::Scanning { .. } => {
                cx.act(Action::AbortScan);
                Self::rest(cx, TRY_AGAIN)
            }
            Step::Resting | Step::Yielding => Self::begin(cx),
            step @ (Step::Quieting
            | Step::Listing
            | Step::Starting(_)
            | Step::Reading { .. }
            | Step::Surveying { .. }) => State::Scanning(Self { step }),
        }
    }

    /// What the user asked for comes first.
    fn diverted(cx: &mut Context) -> Option<State> {
        if cx.scan_requested {
            return Some(UserScan::begin(cx, NextState::Search));
        }
        cx.pause
            .is_some()
            .then(|| Paused::begin(cx, NextState::Search))
    }

    fn next_round(cx: &mut Context) -> State {
        if let Some(diverted) = Self::diverted(cx) {
            return diverted;
        }
        if !cx.networks.iter().any(selection::is_eligible) {
            let pause = if cx.networks_are_edited() {
                NETWORKS_EDITED
            } else {
                NETWORKS_STALE
            };
            return Self::rest(cx, pause);
        }
        if cx.mask_is_spent() {
            return Masking::rotate(cx, NextState::Search);
        }
        let plan = cx.next_plan();
        if plan.frequencies.is_empty() {
            return Self::rest(cx, TRY_AGAIN);
        }
        cx.planner.scan_begins(cx.now);
        cx.act(Action::Scan(cx.scan_request(&plan)));
        State::Scanning(Self {
            step: Step::Starting(plan),
        })
    }

    fn rest(cx: &mut Context, pause: Duration) -> State {
        if let Some(diverted) = Self::diverted(cx) {
            return diverted;
        }
        cx.wake_in(pause);
        State::Scanning(Self {
            step: Step::Resting,
        })
    }

    fn refused(cx: &mut Context, plan: ScanPlan, refusal: &KernelError) -> State {
        if refusal.errno == Some(Errno::OPNOTSUPP) && cx.method == Method::Driver {
            cx.remark(format!("the driver refuses to scan under a random address ({refusal}); the card's own address is changed before each scan from now on"));
            cx.method = Method::Bounce;
        } else if refusal.errno != Some(Errno::BUSY) {
            cx.remark(format!("{refusal}; trying again"));
        }
        cx.planner.repeat(plan);
        if refusal.errno == Some(Errno::BUSY) {
            cx.wake_in(TRY_AGAIN);
            return State::Scanning(Self {
                step: Step::Yielding,
            });
        }
        Self::rest(cx, TRY_AGAIN)
    }

    fn heard(cx: &mut Context, plan: ScanPlan, air: Vec<Bss>, digested: bool) -> State {
        let fresh = cx.fresh(&air);
        if selection::known_bssids(&cx.networks, &fresh).is_empty() {
            cx.results_owed = !digested;
            return Self::end_round(cx, &plan, &fresh);
        }
        if digested {
            return Self::survey(cx, plan, &air);
        }
        cx.wake_in(DIGESTION);
        State::Scanning(Self {
            step: Step::Digesting { plan, air },
        })
    }

    fn survey(cx: &mut Context, plan: ScanPlan, air: &[Bss]) -> State {
        cx.ask(Request::ListNetworks {
            bssids: selection::known_bssids(&cx.networks, air),
        });
        let fresh = cx.fresh(air);
        State::Scanning(Self {
            step: Step::Surveying { plan, fresh },
        })
    }

    fn choose(cx: &mut Context, plan: &ScanPlan, fresh: &[Bss], survey: NetworkList) -> State {
        cx.learn_networks(survey.networks);
        let can_try = |ssid: &_| cx.memory.can_try(cx.now, ssid);
        let wanted = cx.wanted.as_ref();
        match selection::choose(&cx.networks, &survey.table, fresh, wanted, can_try) {
            Some(candidate) if cx.pause.is_none() && cx.is_worth_joining_now(&candidate, plan) => {
                Associating::begin(cx, candidate)
            }
            Some(candidate) => {
                cx.planner.come_back_for(&candidate);
                Self::end_round(cx, plan, fresh)
            }
            None => Self::end_round(cx, plan, fresh),
        }
    }

    fn end_round(cx: &mut Context, plan: &ScanPlan, fresh: &[Bss]) -> State {
        let pause = cx.pause_after(plan, fresh);
        if pause.is_zero() {
            return Self::next_round(cx);
        }
        if cx.mask_is_spent() {
            // Whoever scans meanwhile does so under an address that was never on the air.
            return Masking::rotate(cx, NextState::SearchAt(cx.now.saturating_add(pause)));
        }
        Self::rest(cx, pause)
    }
}
