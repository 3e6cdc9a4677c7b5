//! What it hears, and when.

use std::time::Duration;

use macveil_core::machine::wpa::{Supplicant, WpaEvent};
use macveil_core::machine::{Command, LinkEvent, ScanEvent};

use super::{Action, ENDLESS, Event, Happening, Report, Sabotage, Wanted, World};

impl World {
    pub(in crate::world) fn tell_daemon(&mut self, life: u32, event: Event) {
        if life != self.daemon.life {
            return;
        }
        if event == Event::Command(Command::Release) {
            self.note_whether_unprotected();
            self.daemon.yields = false;
            self.daemon.runs = self.daemon.machine.is_some();
        }
        if self.daemon.machine.is_none() {
            return;
        }
        if event == Event::Backend(Report::Wpa(WpaEvent::Supplicant(Supplicant::Appeared))) {
            self.supplicant.is_met();
        }
        if event == Event::Overrun {
            self.daemon.deaf_until = None;
            // What it missed is news to it.
            self.daemon.busy_until = self.daemon.busy_until.max(self.now);
            // The shell reads the link before it says so.
            let link = self.kernel.link;
            self.hand_over(Event::Link(LinkEvent::Changed(link)));
        }
        if let Some(pause) = self.daemon.busy_for(self.now) {
            return self.after(pause, Happening::Tell(life, event));
        }
        let is_notice = match &event {
            Event::Link(event) => matches!(event, LinkEvent::Changed(_)),
            Event::Scan(event) => matches!(event, ScanEvent::Started(_) | ScanEvent::Ended),
            Event::Mlme(_) | Event::Overrun | Event::Backend(Report::Iwd(_)) => true,
            Event::Backend(Report::Wpa(event)) => {
                matches!(
                    event,
                    WpaEvent::Supplicant(_) | WpaEvent::Overrun | WpaEvent::ModeChanged
                )
            }
            Event::Command(_) | Event::Renewed { .. } => false,
        };
        if self.daemon.stutters(self.now) && is_notice {
            self.hand_over_as_read(event.clone());
        }
        self.hand_over_as_read(event);
    }

    /// A notification may be older than the latest change, so the shell reads the link itself, as it does
    /// once an action is done.
    fn hand_over_as_read(&mut self, event: Event) {
        self.hand_over(match event {
            Event::Link(LinkEvent::Changed(_)) => Event::Link(LinkEvent::Changed(self.kernel.link)),
            Event::Link(LinkEvent::Answered(Ok(_))) => {
                Event::Link(LinkEvent::Answered(Ok(self.kernel.link)))
            }
            other => other,
        });
    }

    pub(super) fn hand_over(&mut self, event: Event) {
        let event = self.daemon.as_pretended(event);
        self.note_line(|| format!("    {event:?}"));
        self.daemon.wakes += 1;
        let now = self.clocks();
        if let Some(machine) = &mut self.daemon.machine {
            machine.handle(now, event);
        }
        self.carry_out();
    }

    pub(in crate::world) fn daemon_alarm(&mut self) {
        self.daemon.wakes += 1;
        let now = self.clocks();
        if let Some(machine) = &mut self.daemon.machine {
            machine.handle_timeout(now);
        }
        self.carry_out();
    }

    pub(super) fn carry_out(&mut self) {
        for _ in 0..ENDLESS {
            let Some(machine) = &mut self.daemon.machine else {
                return;
            };
            let wanted = machine.poll();
            self.daemon.has_noted_down = machine.holds_link_down();
            let Some(wanted) = wanted else {
                return;
            };
            self.note_line(|| format!("        {wanted:?}"));
            match wanted {
                // Nothing on the air depends on these.
                Wanted::Act(
                    Action::Notify(_)
                    | Action::LeaveNetwork
                    | Action::EnterNetwork(_)
                    | Action::ClearIpv6,
                ) => {}
                Wanted::Act(Action::SetP2pDevices { running: true }) => self.p2p_device_starts(),
                Wanted::Act(Action::SetP2pDevices { running: false }) => {
                    self.kernel.p2p_device_since = None;
                }
                // It is a part of what follows: by itself it shows nothing.
                Wanted::Act(Action::SetSourceGuard(guard)) => {
                    if self.daemon.sabotage != Some(Sabotage::NoSourceGuard) {
                        self.kernel.guard.now = guard;
                    }
                    self.answer_action(Event::Link(LinkEvent::Guarded(Ok(()))));
                }
                wanted => {
                    let fault = self.daemon.fault_now();
                    self.perform(wanted, fault);
                }
            }
        }
        panic!("there is no end to what the supervisor wants done");
    }

    /// Answers keep the order of their actions.
    pub(super) fn answer_action(&mut self, answer: Event) {
        if let Some(pause) = self.daemon.busy_for(self.now) {
            let life = self.daemon.life;
            return self.after(pause, Happening::Tell(life, answer));
        }
        let answer = self.daemon.as_pretended(answer);
        self.note_line(|| format!("    {answer:?}"));
        let now = self.clocks();
        if let Some(machine) = &mut self.daemon.machine {
            machine.handle(now, answer);
        }
    }
}

impl super::Daemon {
    fn as_pretended(&self, mut event: Event) -> Event {
        if let Event::Link(LinkEvent::Changed(link) | LinkEvent::Answered(Ok(link))) = &mut event
            && let Some(address) = self.pretended
        {
            link.address = address;
        }
        event
    }

    /// How long it is kept from all else by what it does.
    pub(super) fn busy_for(&self, now: Duration) -> Option<Duration> {
        let pause = self.busy_until.saturating_sub(now);
        (!pause.is_zero()).then_some(pause)
    }
}
