//! What it does, and what goes wrong with it.

use std::time::Duration;

use macveil_core::machine::wpa::{QuiesceReport, Reply, Request, WpaEvent};
use macveil_core::machine::{
    How, KernelError, Link, LinkEvent, OnExit, Scan, ScanEvent, StateKind,
};
use macveil_core::types::Mac;
use rustix::io::Errno;

use super::super::kernel::refusal;
use super::{
    Action, Event, Fault, GIVEN_UP, Order, PERMANENT, Quirk, Report, Sabotage, Wanted, World,
};
use crate::promise::{Content, What};

impl World {
    pub(super) fn perform(&mut self, wanted: Wanted, fault: Option<Fault>) {
        let fault = fault.filter(|fault| !self.is_unavoidable(&wanted, *fault));
        if let Some(fault) = fault {
            self.note_line(|| format!("        !! {fault:?}"));
        }
        match fault {
            Some(Fault::DiesBefore(back_after)) => return self.daemon_dies(back_after),
            Some(Fault::Refused(errno)) => return self.refuse(wanted, errno),
            Some(Fault::NotDone) => return self.pretend(wanted),
            Some(Fault::Slow(span)) => match &wanted {
                // A supplicant that takes its time; macveil's client gives up after ten seconds.
                Wanted::Ask(Order::Wpa(request)) if span >= GIVEN_UP => {
                    return self.supplicant_is_silent(request.clone());
                }
                // What it was asked before comes first.
                Wanted::Ask(Order::Wpa(_)) => {
                    let begin = self.supplicant.busy_until.max(self.now);
                    self.supplicant.busy_until = begin + span;
                }
                Wanted::Ask(Order::Iwd(request)) => {
                    return self.ask_iwd_late(span, request.clone());
                }
                Wanted::Act(_) => self.daemon_is_busy(span),
            },
            Some(Fault::ThenDeaf(span)) => self.daemon_is_deaf(span),
            Some(Fault::ThenUntold(span)) => self.daemon.untold_until = self.now + span,
            Some(Fault::ThenDoubled(span)) => self.daemon.stutters_until = self.now + span,
            Some(Fault::ThenShuffled(span)) => self.daemon.shuffles_until = self.now + span,
            Some(Fault::StoppedAfter(span)) => self.daemon_is_stopped(span),
            Some(Fault::DiesAfter(_) | Fault::DoneButRefused) | None => {}
        }
        if self.is_sabotaged(&wanted) {
            return self.pretend(wanted);
        }
        let lies = fault == Some(Fault::DoneButRefused);
        let answer = match wanted {
            Wanted::Act(action) => self.act(action, lies),
            Wanted::Ask(order) => {
                self.ask(order, lies);
                None
            }
        };
        if let Some(Fault::DiesAfter(back_after)) = fault {
            return self.daemon_dies(back_after);
        }
        if let Some(answer) = answer {
            self.answer_action(answer);
        }
    }

    fn ask(&mut self, order: Order, lies: bool) {
        match order {
            Order::Wpa(request) => self.ask_supplicant(request),
            Order::Iwd(request) if lies => {
                self.ask_iwd(request.clone());
                self.iwd_refuses(request);
            }
            Order::Iwd(request) => self.ask_iwd(request),
        }
    }

    fn act(&mut self, action: Action, lies: bool) -> Option<Event> {
        self.note_what_wire_forbids(&action);
        let lie = lies.then(|| refused(&action, Errno::IO)).flatten();
        let answer = match action {
            Action::SetAddress { address, how } => {
                let set = self.start_to_set_address(address, how);
                self.note_use_of(address);
                self.kernel.guard.is_bare &= !self.kernel.takes(address);
                answered(set)
            }
            Action::SetLinkDown => {
                self.link_down();
                answered(Ok(self.kernel.link))
            }
            Action::BringUp => answered(self.link_up().map(|()| self.kernel.link)),
            Action::ReadLink => answered(Ok(self.kernel.link)),
            Action::Scan(scan) => {
                self.count_names(&scan);
                let content = if scan.minimal_content {
                    Content::Minimal
                } else {
                    Content::Full
                };
                Event::Scan(ScanEvent::Accepted(self.scan(&scan, content)))
            }
            Action::AbortScan => {
                self.abort_scan();
                return None;
            }
            Action::GetScanResults => Event::Scan(ScanEvent::Results(self.air_now())),
            Action::Remember { ssid, record } => {
                self.daemon.history.learn(ssid, record);
                return None;
            }
            Action::KeepChannel(channel) => {
                self.daemon.channels.push(channel);
                return None;
            }
            Action::Finish => {
                self.machine_ends();
                return None;
            }
            Action::Request(never) => match never {},
            Action::Notify(_) => return None,
            Action::SetSourceGuard(_) => unreachable!("never with a fault"),
            Action::SetP2pDevices { .. }
            | Action::ClearIpv6
            | Action::LeaveNetwork
            | Action::EnterNetwork(_) => {
                unreachable!("neither on the air nor with a fault")
            }
        };
        Some(lie.unwrap_or(answer))
    }

    /// Anyone can send beacons without a name: how often macveil calls the networks of the user has a limit, eight
    /// times at once and then four a minute, however many there are.
    fn count_names(&mut self, scan: &Scan) {
        if scan.ssids.iter().all(|ssid| ssid.as_bytes().is_empty()) {
            return;
        }
        let called = &mut self.daemon.called;
        called.push(self.now);
        let minute = self.now.saturating_sub(Duration::from_secs(60));
        called.retain(|at| *at > minute);
        if called.len() as u64 > (8 + 4) * self.daemon.budgets {
            let (from, what) = (self.kernel.link.address, What::Beacon);
            self.note_broken(from, &what, "a network is called too often");
        }
    }

    /// macveil set it for a network or a cable. A driver that did not take it left the last one in use.
    fn note_use_of(&mut self, address: Mac) {
        let state = self.daemon.state();
        let is_for_use = matches!(state, Some(StateKind::Associating | StateKind::Setting));
        if is_for_use && self.kernel.takes(address) {
            self.daemon.meant = Some(address);
        }
    }

    /// A driver that reverts the address as the link comes up shows it if the daemon cannot take the
    /// link down at once. With `on-exit = "restore"` the end of the daemon is the end of the promise.
    fn is_unavoidable(&self, wanted: &Wanted, fault: Fault) -> bool {
        if let Fault::StoppedAfter(_) = fault {
            return self.daemon.settings.on_exit == OnExit::Restore;
        }
        let reverts = self.kernel.driver.quirk == Quirk::UndoesOnUp;
        let cannot_react = matches!(
            fault,
            Fault::DiesAfter(_) | Fault::Slow(_) | Fault::DoneButRefused
        );
        // Or as it is about to.
        let dies = *wanted == Wanted::Act(Action::SetLinkDown)
            && matches!(fault, Fault::DiesBefore(_))
            && self.kernel.link.up;
        // An access point sends its next beacon before another order to take the link down.
        let serves = self.supplicant.serves() && *wanted == Wanted::Act(Action::SetLinkDown);
        serves || reverts && (*wanted == Wanted::Act(Action::BringUp) && cannot_react || dies)
    }

    /// It waits for what it does.
    fn daemon_is_busy(&mut self, span: Duration) {
        self.daemon.busy_until = self.daemon.busy_until.max(self.now + span);
        let until = self.daemon.busy_until;
        self.daemon.is_blind(self.now, until);
    }

    fn is_sabotaged(&self, wanted: &Wanted) -> bool {
        let sets_address = matches!(wanted, Wanted::Act(Action::SetAddress { .. }));
        match self.daemon.sabotage {
            Some(Sabotage::NoNewMask) => {
                sets_address && self.shows_identity() && self.kernel.link.address != PERMANENT
            }
            Some(Sabotage::NeverQuiet) => *wanted == Wanted::Ask(Order::Wpa(Request::Quiesce)),
            Some(Sabotage::NeverCuts) => sets_address && self.iwd.is_joining(),
            Some(Sabotage::NoAbort) => *wanted == Wanted::Act(Action::AbortScan),
            Some(Sabotage::NoAddress) => sets_address,
            Some(Sabotage::NoSourceGuard) | None => false,
        }
    }

    /// Answers as if it had been done.
    fn pretend(&mut self, wanted: Wanted) {
        let link = self.kernel.link;
        let sabotaged = self.daemon.sabotage.is_some();
        // As if another program had taken it down at once.
        self.kernel.is_left_down |= wanted == Wanted::Act(Action::BringUp);
        let answer = match wanted {
            Wanted::Act(Action::SetAddress { address, how }) if sabotaged => {
                if self.daemon.sabotage == Some(Sabotage::NoAddress) {
                    self.daemon.pretended = Some(address);
                }
                let up = how == How::Cycle || link.up;
                answered(Ok(Link {
                    address,
                    up,
                    ..link
                }))
            }
            // The shell reads the link back, whatever it has been told.
            Wanted::Act(
                Action::SetAddress { .. }
                | Action::SetLinkDown
                | Action::BringUp
                | Action::ReadLink,
            ) => answered(Ok(link)),
            Wanted::Act(Action::Scan(_)) => Event::Scan(ScanEvent::Accepted(Ok(()))),
            Wanted::Act(Action::GetScanResults) => Event::Scan(ScanEvent::Results(Vec::new())),
            Wanted::Act(action) => return self.cannot_fail(action),
            Wanted::Ask(Order::Wpa(request)) => match self.pretended(&request, sabotaged) {
                Some(reply) => Event::Backend(Report::Wpa(WpaEvent::Reply(reply))),
                None => return self.ask_supplicant(request),
            },
            Wanted::Ask(Order::Iwd(request)) => return self.forget_to_ask_iwd(request),
        };
        self.answer_action(answer);
    }

    /// Nothing helps against a supplicant that lies about being at rest.
    fn pretended(&self, request: &Request, sabotaged: bool) -> Option<Reply> {
        match request {
            Request::Quiesce if sabotaged => Some(Reply::Quiesce(Ok(QuiesceReport {
                status: self.supplicant_status(),
                had_own_randomization: false,
                reconfigured: false,
                is_watched: false,
            }))),
            Request::SelectNetwork { .. } | Request::ForgetOwnAddress | Request::Connect => {
                Some(Reply::Done(Ok(())))
            }
            _ => None,
        }
    }

    fn refuse(&mut self, wanted: Wanted, errno: Errno) {
        match wanted {
            Wanted::Act(action) => match refused(&action, errno) {
                Some(answer) => self.answer_action(answer),
                None => self.cannot_fail(action),
            },
            Wanted::Ask(Order::Wpa(request)) => self.supplicant_is_silent(request),
            Wanted::Ask(Order::Iwd(request)) => self.iwd_refuses(request),
        }
    }

    /// The kernel does not end a scan, or macveil exits without a question.
    fn cannot_fail(&mut self, action: Action) {
        match action {
            // Nothing excuses a shell that is broken on purpose.
            Action::AbortScan if self.daemon.sabotage.is_none() => self.scan_goes_on(),
            Action::Finish => self.perform(Wanted::Act(action), None),
            _ => {}
        }
    }
}

const fn answered(answer: Result<Link, KernelError>) -> Event {
    Event::Link(LinkEvent::Answered(answer))
}

/// The answer to an action that is not carried out.
fn refused(action: &Action, errno: Errno) -> Option<Event> {
    let error = |step| answered(Err(refusal(step, errno)));
    Some(match action {
        Action::SetAddress { .. } => error("set the address"),
        Action::SetLinkDown => error("take the link down"),
        Action::BringUp => error("bring the link up"),
        Action::ReadLink => error("read the link"),
        Action::Scan(_) => Event::Scan(ScanEvent::Accepted(Err(refusal("scan", errno)))),
        Action::GetScanResults => Event::Scan(ScanEvent::Results(Vec::new())),
        _ => return None,
    })
}
